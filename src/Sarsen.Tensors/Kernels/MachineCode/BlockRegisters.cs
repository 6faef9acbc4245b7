namespace Sarsen.Tensors.Kernels;

/// <summary>Who holds what in a routine of <see cref="BlockCode"/>: what layouts write of it goes by these.</summary>
internal static class BlockRegisters
{
    /// <summary>
    /// Vectors: results from 0 on and sums of products from 12 on, one for each row. Routines of up to <see cref="FewRows"/> have room for
    /// sums of odd steps apart, so that they do not wait for those of even ones, and for the header of a block.
    /// </summary>
    public const int FewRows = 4, OddSums = 4, HeaderScale = 8, HeaderLeast = 9;

    /// <summary>And of all routines.</summary>
    public const int Even = 24, Odd = 25, Spare = 26, Factor = 27, Least = 28, Scaled = 29, Order = 31;

    public const Register Args = Register.Rdi, Levels = Register.Rsi, Header = Register.R8, Inputs = Register.Rcx, Constants = Register.R10;

    public const Register Blocks = Register.Rax, Groups = Register.R9, Results = Register.R11;

    /// <summary>Where constants lie: the order that makes four elements of a row neighbours, and i32 for every lane.</summary>
    public const int OrderOffset = 0, LowBits = 64, UpperBits = 68, TopBits = 72, HighBits = 76, FifthBits = 80, ConstantBytes = 128;
}
