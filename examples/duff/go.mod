module duff

go 1.15
