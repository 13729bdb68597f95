// Package schema writes down the language of stack files, from its types: as a JSON
// Schema, by which editors complete and check Pulumi.<stack>.yaml ([File]); as a page
// ([Page]); and a key at a time ([Explain]). [Example] has every key in use.
//
// The schema refuses nothing that the program accepts, but for true and false where a
// text is due. What depends on more than one value, on the chart or on AWS, the program
// alone tells. It is of draft 7: editors' YAML servers take that one.
package schema
