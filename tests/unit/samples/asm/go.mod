module example.org/asm

go 1.15
