// What every file of a program compiles that includes the library: nothing else.
#include <xgrad/xgrad.h>
