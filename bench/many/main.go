// A program with as many blocked goroutines as its argument says, for bench_lldb.
package main

import (
	"os"
	"runtime"
	"strconv"
)

//go:noinline
func block(depth int, c chan int) int {
	if depth > 0 {
		return block(depth-1, c) + 1
	}
	return <-c
}

//go:noinline
func ready() {}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	c := make(chan int)
	for i := 0; i < n; i++ {
		go block(4, c)
	}
	for i := 0; i < n; i++ {
		runtime.Gosched()
	}
	ready()
	close(c)
}
