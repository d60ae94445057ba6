//go:build go1.18
// +build go1.18

package main

type number interface{ ~int | ~float64 }
type box[T any] struct{ value T }

//go:noinline
func sum[T number](list []T) (total T) {
	for _, n := range list {
		total += n
	}
	dumpChain()
	return total
}

func outer[T number](n T) T { return sum([]T{n, n}) }

//go:noinline
func (b *box[T]) get(n int) T {
	leaf(n, "generic")
	return b.value
}

func generic() {
	outer(1)
	outer(1.5)
	(&box[struct{ x, y int }]{}).get(1)
	(&box[string]{}).get(2)
}
