// Command stackscgo has stacks with C in them: Go calls C, C calls back into Go, once
// and twice over, and a C thread that Go never made calls into Go.
package main

/*
#include <pthread.h>

extern int goCallback(int depth);
extern void goOnThread(void);

static int callsGo(int depth) { return goCallback(depth) + 1; }

static int blocks(int *fds) {
	char byte;
	extern long read(int, void *, unsigned long);
	return (int)read(fds[0], &byte, 1);
}

static void *thread(void *unused) {
	goOnThread();
	return unused;
}

static void startThread(void) {
	pthread_t id;
	pthread_create(&id, 0, thread, 0);
	pthread_join(id, 0);
}
*/
import "C"

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

func main() {
	scenario := "callback"
	if len(os.Args) == 2 {
		scenario = os.Args[1]
	}
	runtime.LockOSThread()
	openTraceback()
	roomy(24)
	switch scenario {
	case "callback":
		println(callsC(0))
	case "nested":
		println(callsC(2))
	case "inc":
		go blocksInC()
		time.Sleep(100 * time.Millisecond)
		pause()
	case "thread":
		startsThread()
	default:
		println("usage: stackscgo callback|nested|inc|thread")
		os.Exit(2)
	}
}

//go:noinline
func callsC(depth int) int { return int(C.callsGo(C.int(depth))) + 1 }

//export goCallback
func goCallback(depth C.int) C.int {
	if depth > 0 {
		return C.int(callsC(int(depth) - 1))
	}
	pause()
	return 1
}

//go:noinline
func blocksInC() {
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil {
		panic(err)
	}
	fds := [2]C.int{C.int(pipe[0]), C.int(pipe[1])}
	C.blocks(&fds[0])
}

//go:noinline
func startsThread() { C.startThread() }

//export goOnThread
func goOnThread() { pause() }

// roomy makes the stack large, so that nothing moves it later by chance.
//
//go:noinline
func roomy(n int) byte {
	var room [1024]byte
	room[n] = byte(n)
	if n > 0 {
		return roomy(n-1) + room[n]
	}
	return room[0]
}
