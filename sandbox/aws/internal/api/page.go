package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Position is where an item stands in a list. Key alone may be shared by several
// items; with ID it is unique.
type Position struct{ Key, ID string }

func (p Position) compare(other Position) int {
	return cmp.Or(cmp.Compare(p.Key, other.Key), cmp.Compare(p.ID, other.ID))
}

// Pager cuts lists into pages. Its tokens hold the position of the last item, not
// a count, so that items which come and go between two pages neither repeat nor
// hide others.
type Pager[T any] struct {
	// Query identifies the list, see [QueryOf]; a token continues no other.
	Query      string
	Key        func(T) Position
	Descending bool
	// Size is the number of items on a page when the request names none.
	Size int
	// Invalid is what the service says of a token that continues no such list.
	Invalid error
}

type pageToken struct {
	Query string
	After Position
}

// Page is the items of one page in order, and the token for the next if there is
// one. It sorts the items where they are.
func (p Pager[T]) Page(items []T, size *int, token *string) ([]T, *string, error) {
	slices.SortFunc(items, func(a, b T) int { return p.compare(p.Key(a), p.Key(b)) })
	if token != nil {
		last, err := p.decode(*token)
		if err != nil {
			return nil, nil, err
		}
		items = slices.DeleteFunc(items, func(item T) bool { return p.compare(p.Key(item), last) <= 0 })
	}
	count := p.Size
	if size != nil {
		count = *size
	}
	if len(items) <= count {
		return items, nil, nil
	}
	next, err := p.encode(p.Key(items[count-1]))
	return items[:count], next, err
}

func (p Pager[T]) compare(a, b Position) int {
	if p.Descending {
		return b.compare(a)
	}
	return a.compare(b)
}

func (p Pager[T]) encode(last Position) (*string, error) {
	encoded, err := json.Marshal(pageToken{p.Query, last})
	if err != nil {
		return nil, fmt.Errorf("encoding a page token: %w", err)
	}
	token := base64.URLEncoding.EncodeToString(encoded)
	return &token, nil
}

func (p Pager[T]) decode(token string) (Position, error) {
	var decoded pageToken
	encoded, err := base64.URLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(encoded, &decoded)
	}
	if err != nil || decoded.Query != p.Query {
		return Position{}, p.Invalid
	}
	return decoded.After, nil
}

// QueryOf is a short name for the members of a request that decide what is
// listed.
func QueryOf(parts ...any) string {
	// These are strings, booleans and what is made of them, which always have an encoding.
	encoded, _ := json.Marshal(parts)
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// Sortable writes a time so that the order of strings is the order of times, and
// no time comes first.
func Sortable(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000")
}
