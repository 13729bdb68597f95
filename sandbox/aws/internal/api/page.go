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

// Position is the position of an item in a list. Several items may share a Key, but
// not an ID.
type Position struct{ Key, ID string }

func (p Position) compare(other Position) int {
	return cmp.Or(cmp.Compare(p.Key, other.Key), cmp.Compare(p.ID, other.ID))
}

// Pager splits lists into pages. Its tokens hold the position of the last item and
// not a count, so that items added or deleted between two pages neither repeat nor
// hide others.
type Pager[T any] struct {
	// Query identifies the list, see [QueryOf]; a token is valid for one list only.
	Query      string
	Key        func(T) Position
	Descending bool
	// Size is the default number of items on a page.
	Size int
	// Invalid is the service's error for an invalid token.
	Invalid error
}

type pageToken struct {
	Query string
	After Position
}

// Page sorts the items in place and returns those of one page, and the token of the
// next page if there is one.
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

// QueryOf returns a short identifier of a list: a hash of the request's members
// that select its items.
func QueryOf(parts ...any) string {
	// Never fails: the parts are strings, booleans and lists of them.
	encoded, _ := json.Marshal(parts)
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// Sortable formats a time such that strings sort like times, with no time first.
func Sortable(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000")
}
