// Command duff clears and copies blocks of memory. Up to Go 1.25 the compiler has that done by a call into the middle of
// runtime.duffzero or runtime.duffcopy, for blocks of 65 to 1024 bytes.
//
//	duff              a struct of ten int64, too large for registers: 80 bytes
//	duff laps N       the same again and again, while other goroutines do it too and make garbage
package main

import (
	"os"
	"strconv"
)

type ten struct{ a, b, c, d, e, f, g, h, i, j int64 }

// Its result is cleared first, as no statement sets all of it: 80 bytes.
//
//go:noinline
func returnMax() (r ten) {
	r.j = 1<<63 - 1
	return r
}

// Its argument is copied to its result: 80 bytes.
//
//go:noinline
func double(x ten) (r ten) {
	r = x
	r.a *= 2
	return r
}

type page struct{ bytes [1024]byte }

//go:noinline
func clearPage(p *page) {
	*p = page{}
}

//go:noinline
func sum(p *[25]int64) (total int64) {
	for _, v := range p {
		total += v
	}
	return total
}

//go:noinline
func lap(n int64) int64 {
	var numbers [25]int64 // STOP: lap
	numbers[3] = n
	return sum(&numbers)
}

var kept [][]byte

// What runs beside the laps: the same routines, and garbage.
func churn() {
	p := new(page)
	for i := int64(0); ; i++ {
		clearPage(p)
		if lap(i) != i {
			panic("a lap went wrong")
		}
		if i%64 == 0 {
			garbage := make([]byte, 1<<16)
			garbage[0] = byte(i)
		}
	}
}

//go:noinline
func laps(n int64) int64 {
	total := int64(0)
	for i := int64(0); i < n; i++ {
		total += lap(i)
	}
	return total
}

func main() {
	t := returnMax()
	t.a = 21
	t = double(t)
	println("double", t.a, t.j)
	if len(os.Args) == 3 && os.Args[1] == "laps" {
		n, err := strconv.ParseInt(os.Args[2], 10, 64)
		if err != nil {
			panic(err)
		}
		for i := 0; i < 3; i++ {
			go churn()
		}
		println("laps", laps(n))
	}
}
