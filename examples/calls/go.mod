module calls

go 1.15
