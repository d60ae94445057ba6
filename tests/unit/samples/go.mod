module example.org/sample

go 1.15

require example.org/asm v1.2.3

replace example.org/asm => ./asm
