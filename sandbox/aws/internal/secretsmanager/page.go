package secretsmanager

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

// position is where an item stands in a list. Key alone may be shared by several
// items; with ID it is unique.
type position struct{ Key, ID string }

func (p position) compare(other position) int {
	return cmp.Or(cmp.Compare(p.Key, other.Key), cmp.Compare(p.ID, other.ID))
}

// pager cuts lists into pages. Its tokens hold the position of the last item, not
// a count, so that items which come and go between two pages neither repeat nor
// hide others.
type pager[T any] struct {
	// query identifies the list; a token continues no other.
	query      string
	key        func(T) position
	descending bool
	// size is the number of items on a page when the request names none.
	size int
}

type pageToken struct {
	Query string
	After position
}

func (p pager[T]) page(items []T, size *int, token *string) ([]T, *string, error) {
	slices.SortFunc(items, func(a, b T) int { return p.compare(p.key(a), p.key(b)) })
	if token != nil {
		last, err := p.decode(*token)
		if err != nil {
			return nil, nil, err
		}
		items = slices.DeleteFunc(items, func(item T) bool { return p.compare(p.key(item), last) <= 0 })
	}
	count := p.size
	if size != nil {
		count = *size
	}
	if len(items) <= count {
		return items, nil, nil
	}
	next, err := p.encode(p.key(items[count-1]))
	return items[:count], next, err
}

func (p pager[T]) compare(a, b position) int {
	if p.descending {
		return b.compare(a)
	}
	return a.compare(b)
}

func (p pager[T]) encode(last position) (*string, error) {
	encoded, err := json.Marshal(pageToken{p.query, last})
	if err != nil {
		return nil, fmt.Errorf("encoding a page token: %w", err)
	}
	token := base64.URLEncoding.EncodeToString(encoded)
	return &token, nil
}

func (p pager[T]) decode(token string) (position, error) {
	var decoded pageToken
	encoded, err := base64.URLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(encoded, &decoded)
	}
	if err != nil || decoded.Query != p.query {
		return position{}, api.Errorf(codeNextToken, "Invalid token")
	}
	return decoded.After, nil
}

// queryOf is a short name for the members of a request that decide what is
// listed.
func queryOf(parts ...any) string {
	// These are strings, booleans and lists of them, which always have an encoding.
	encoded, _ := json.Marshal(parts)
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// sortable writes a time so that the order of strings is the order of times, and
// no time comes first.
func sortable(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000000")
}
