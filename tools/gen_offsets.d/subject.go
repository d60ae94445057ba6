// The measured program: uses enough of the runtime that the linker keeps the types of goroutines, channels,
// timers, defers and maps.
package main

import (
	"fmt"
	"time"
)

func work(in <-chan int, out chan<- map[string]int) {
	defer close(out)
	defer func() { _ = recover() }()
	for n := range in {
		out <- map[string]int{"n": n}
	}
}

func main() {
	in, out := make(chan int), make(chan map[string]int, 1)
	go work(in, out)
	in <- 1
	select {
	case m := <-out:
		fmt.Println(m)
	case <-time.After(time.Second):
	}
}
