namespace Sarsen.Tensors.Kernels;

/// <summary>The general registers that a called function may change freely under the System V convention, by their numbers.</summary>
internal enum Register
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
}
