extern void goCallback(int);

void callFromC(int n) { goCallback(n); }
