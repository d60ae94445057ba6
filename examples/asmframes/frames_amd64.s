// Every function here records three addresses while it runs, taken with the
// assembler's own operands, so the program itself knows what a debugger must show:
//
//	LEAQ 0(SP)       the hardware stack pointer (no name: the real RSP)
//	LEAQ here+0(SP)  the pseudo stack pointer   (with a name: top of the locals)
//	LEAQ name+0(FP)  the pseudo frame pointer   (first argument byte)
//
// A "// STOP: name" comment marks an instruction after the recording and before
// the frame is taken down: the place where a debugger compares its own numbers.

#include "textflag.h"
#include "funcdata.h"

// RECORD(slot, first) stores the three addresses in recorded[slot].
// It clobbers R8 only.
#define RECORD(slot, first) \
	LEAQ	0(SP), R8; \
	MOVQ	R8, ·recorded+(slot*24+0)(SB); \
	LEAQ	here+0(SP), R8; \
	MOVQ	R8, ·recorded+(slot*24+8)(SB); \
	LEAQ	first+0(FP), R8; \
	MOVQ	R8, ·recorded+(slot*24+16)(SB)

// Frames of 0, 8 and 16 bytes. Without locals and without a call there is no
// saved BP: hardware and pseudo SP are the same address, and FP is 8 above.
// With locals the assembler adds 8 bytes for the caller's BP.

// func frame0() (sp, psp, fp uintptr)
TEXT ·frame0(SB), NOSPLIT, $0-24
	RECORD(0, sp)
	LEAQ	0(SP), AX
	LEAQ	here+0(SP), BX
	LEAQ	sp+0(FP), CX
	MOVQ	AX, sp+0(FP)
	MOVQ	BX, psp+8(FP)
	MOVQ	CX, fp+16(FP)
	RET	// STOP: frame0

// func frame8() (sp, psp, fp uintptr)
TEXT ·frame8(SB), NOSPLIT, $8-24
	RECORD(1, sp)
	LEAQ	0(SP), AX
	LEAQ	here+0(SP), BX
	LEAQ	sp+0(FP), CX
	MOVQ	AX, sp+0(FP)
	MOVQ	BX, psp+8(FP)
	MOVQ	CX, fp+16(FP)	// STOP: frame8
	RET

// func frame16() (sp, psp, fp uintptr)
TEXT ·frame16(SB), NOSPLIT, $16-24
	RECORD(2, sp)
	LEAQ	0(SP), AX
	LEAQ	here+0(SP), BX
	LEAQ	sp+0(FP), CX
	MOVQ	AX, sp+0(FP)
	MOVQ	BX, psp+8(FP)
	MOVQ	CX, fp+16(FP)	// STOP: frame16
	RET

// No locals, but a call. Whether BP is saved here depends on the assembler: up to
// Go 1.20 a NOSPLIT function without locals saves none, from 1.21 on it does.

// func frame0call() (sp, psp, fp uintptr)
TEXT ·frame0call(SB), NOSPLIT, $0-24
	RECORD(3, sp)
	CALL	·leaf(SB)
	LEAQ	0(SP), AX
	LEAQ	here+0(SP), BX
	LEAQ	sp+0(FP), CX
	MOVQ	AX, sp+0(FP)
	MOVQ	BX, psp+8(FP)
	MOVQ	CX, fp+16(FP)	// STOP: frame0call
	RET

// func leaf()
TEXT ·leaf(SB), NOSPLIT|NOFRAME, $0-0
	RET	// STOP: leaf

// A push in the body moves the hardware SP; the assembler goes on counting, so
// the pseudo registers keep naming the same bytes.

// func pushed() (sp, psp, fp uintptr)
TEXT ·pushed(SB), NOSPLIT, $8-24
	PUSHQ	AX
	RECORD(4, sp)
	LEAQ	0(SP), AX
	LEAQ	here+0(SP), BX
	LEAQ	sp+0(FP), CX
	MOVQ	AX, sp+0(FP)
	MOVQ	BX, psp+8(FP)
	MOVQ	CX, fp+16(FP)	// STOP: pushed
	POPQ	AX
	RET

// func swap(a, b int) (ra, rb int)
TEXT ·swap(SB), NOSPLIT, $0-32
	RECORD(5, a)
	MOVQ	a+0(FP), AX
	MOVQ	b+8(FP), BX
	MOVQ	BX, ra+16(FP)
	MOVQ	AX, rb+24(FP)
	RET	// STOP: swap

// func choose(cond bool, a, b int) int
TEXT ·choose(SB), NOSPLIT, $0-32
	RECORD(6, cond)
	MOVBLZX	cond+0(FP), CX
	MOVQ	a+8(FP), AX
	MOVQ	b+16(FP), BX
	TESTB	CX, CX
	JEQ	otherwise
	MOVQ	AX, ret+24(FP)
	RET	// STOP: choose_true
otherwise:
	MOVQ	BX, ret+24(FP)
	RET	// STOP: choose_false

// A loop whose variables live on the stack: i-8(SP), sum-16(SP).

// func sumTo(n int) int
TEXT ·sumTo(SB), NOSPLIT, $16-16
	RECORD(7, n)
	MOVQ	$0, i-8(SP)
	MOVQ	$0, sum-16(SP)
next:
	MOVQ	i-8(SP), AX
	CMPQ	AX, n+0(FP)
	JGE	done
	INCQ	AX
	MOVQ	AX, i-8(SP)
	ADDQ	AX, sum-16(SP)
	JMP	next
done:
	MOVQ	sum-16(SP), AX
	MOVQ	AX, ret+8(FP)	// STOP: sumTo
	RET

// Assembly that calls assembly: arguments and results lie in the caller's
// outgoing area, at its hardware SP, which is the callee's pseudo FP.

// func outer(a, b int) int
TEXT ·outer(SB), $24-24
	NO_LOCAL_POINTERS
	RECORD(8, a)
	MOVQ	a+0(FP), AX
	MOVQ	AX, 0(SP)
	MOVQ	b+8(FP), BX
	MOVQ	BX, 8(SP)
	CALL	·inner(SB)
	MOVQ	16(SP), AX
	MOVQ	AX, ret+16(FP)	// STOP: outer
	RET

// func inner(a, b int) int
TEXT ·inner(SB), NOSPLIT, $0-24
	RECORD(9, a)
	MOVQ	a+0(FP), AX
	ADDQ	b+8(FP), AX
	MOVQ	AX, ret+16(FP)
	RET	// STOP: inner

// Assembly that calls Go through ABI0. The locals are the callee's arguments and
// results, packed by Go's rules: a1 (8 bytes), a2, a3 (4 each), two results of 4.

// func callGo(x int32) (int32, int32)
TEXT ·callGo(SB), $24-16
	NO_LOCAL_POINTERS
	RECORD(10, x)
	MOVL	x+0(FP), AX
	MOVLQSX	AX, BX
	MOVQ	BX, a1-24(SP)
	MOVL	AX, a2-16(SP)
	MOVL	AX, a3-12(SP)
	CALL	·goFunc(SB)
	MOVL	r0-8(SP), AX
	MOVL	r1-4(SP), BX
	MOVL	AX, ret+8(FP)
	MOVL	BX, ret1+12(FP)	// STOP: callGo
	RET

// Mixed sizes: a at +0, b at +2, the slice's three words at +8, +16, +24.

// func mixed(a bool, b int16) (c []byte)
TEXT ·mixed(SB), NOSPLIT, $0-32
	RECORD(11, a)
	MOVBLZX	a+0(FP), AX
	MOVWLZX	b+2(FP), BX
	LEAQ	·bytes(SB), CX
	MOVQ	CX, c_base+8(FP)
	MOVQ	BX, c_len+16(FP)
	MOVQ	$4, c_cap+24(FP)
	RET	// STOP: mixed

// Data symbols. A Go declaration in main.go gives each its type; the bytes are here.

DATA	·answer+0(SB)/8, $42
GLOBL	·answer(SB), NOPTR, $8

// A string is a header, pointer and length, over bytes kept in a file-private symbol.
DATA	greeting<>+0(SB)/8, $"hello, a"
DATA	greeting<>+8(SB)/8, $"ssembler"
GLOBL	greeting<>(SB), NOPTR|RODATA, $16
DATA	·greeting+0(SB)/8, $greeting<>(SB)
DATA	·greeting+8(SB)/8, $16
GLOBL	·greeting(SB), NOPTR, $16

// Or header and bytes in one symbol of 24 bytes.
DATA	·compact+0(SB)/8, $·compact+16(SB)
DATA	·compact+8(SB)/8, $7
DATA	·compact+16(SB)/8, $"gopher!"
GLOBL	·compact(SB), NOPTR, $24

DATA	·pair+0(SB)/1, $7
DATA	·pair+1(SB)/1, $9
GLOBL	·pair(SB), NOPTR, $2

DATA	·yes+0(SB)/1, $1
GLOBL	·yes(SB), NOPTR, $1

DATA	·bytes+0(SB)/4, $"abcd"
GLOBL	·bytes(SB), NOPTR, $4

DATA	·slice+0(SB)/8, $·bytes(SB)
DATA	·slice+8(SB)/8, $3
DATA	·slice+16(SB)/8, $4
GLOBL	·slice(SB), NOPTR, $24
