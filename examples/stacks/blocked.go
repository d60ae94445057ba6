package main

import (
	"bytes"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// blocked: one goroutine for every way of waiting. Each waits for ever.
func blocks() {
	start := func(f func()) { go f() }
	start(receives)
	start(receivesNil)
	start(sends)
	start(selects)
	start(selectsNothing)
	start(locks)
	start(waitsForGroup)
	start(waitsForCondition)
	start(readsRWLocked)
	start(sleeps)
	start(reads)
	start(inSystemCall)
	start(ticks)
	go withArguments(1, "two", 3.0)
	go (&waiter{make(chan int)}).method(7)
	var w interface{ method(int) } = &waiter{make(chan int)}
	go w.method(8)
	go lockedToThread()
	settle(18)
	pause()
}

// settle returns when all others wait: none runs, none is about to.
func settle(goroutines int) {
	text := make([]byte, 1<<19)
	for {
		time.Sleep(10 * time.Millisecond)
		stack := text[:runtime.Stack(text, true)]
		if runtime.NumGoroutine() >= goroutines &&
			bytes.Count(stack, []byte(" [running")) == 1 &&
			!bytes.Contains(stack, []byte(" [runnable")) {
			return
		}
	}
}

//go:noinline
func receives() { <-make(chan int) }

//go:noinline
func receivesNil() {
	var c chan int
	<-c
}

//go:noinline
func sends() { make(chan string) <- "nobody takes it" }

//go:noinline
func selects() {
	a, b := make(chan int), make(chan string)
	select {
	case <-a:
	case b <- "x":
	}
}

//go:noinline
func selectsNothing() { select {} }

//go:noinline
func locks() {
	var mu sync.Mutex
	mu.Lock()
	mu.Lock()
}

//go:noinline
func readsRWLocked() {
	var mu sync.RWMutex
	mu.Lock()
	mu.RLock()
}

//go:noinline
func waitsForGroup() {
	var group sync.WaitGroup
	group.Add(1)
	group.Wait()
}

//go:noinline
func waitsForCondition() {
	condition := sync.NewCond(&sync.Mutex{})
	condition.L.Lock()
	condition.Wait()
}

//go:noinline
func sleeps() { time.Sleep(time.Hour) }

//go:noinline
func reads() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	var one [1]byte
	r.Read(one[:])
	runtime.KeepAlive(w)
}

//go:noinline
func inSystemCall() {
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		panic(err)
	}
	var one [1]byte
	syscall.Read(pipe[0], one[:])
}

//go:noinline
func ticks() { <-time.After(time.Hour) }

//go:noinline
func withArguments(a int, b string, c float64) {
	<-make(chan int)
	println(a, b, c)
}

type waiter struct{ c chan int }

//go:noinline
func (w *waiter) method(n int) { <-w.c }

//go:noinline
func lockedToThread() {
	runtime.LockOSThread()
	<-make(chan int)
}
