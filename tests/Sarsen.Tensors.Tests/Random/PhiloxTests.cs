namespace Sarsen.Tensors.Tests;

/// <summary>Known answers of Random123 1.09, kat_vectors, «philox4x32 10».</summary>
public class PhiloxTests
{
    [Fact]
    public void Zeros() => Philox.Generate(0, 0, 0, 0, 0, 0)
        .ShouldBe(new Philox.Block(0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8));

    [Fact]
    public void Ones() => Philox.Generate(~0u, ~0u, ~0u, ~0u, ~0u, ~0u)
        .ShouldBe(new Philox.Block(0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD));

    [Fact]
    public void DigitsOfPi() => Philox.Generate(0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)
        .ShouldBe(new Philox.Block(0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1));
}
