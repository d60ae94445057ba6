module regargs

go 1.15
