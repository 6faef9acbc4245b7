namespace Sarsen.Formats.Blocks;

/// <summary>A type of which the layout is known and nothing more, so that files with such tensors are listed.</summary>
internal sealed unsafe class ListedType(string name, uint id, int blockLength, int blockBytes) : BlockType(name, id, blockLength, blockBytes)
{
    public override bool CanDequantise => false;

    public override float Value(ReadOnlySpan<byte> block, int i) => throw new NotSupportedException($"{Name}: only the layout of this type is known");

    protected override void Dequantise(byte* blocks, float* values, nint count) => throw new NotSupportedException(Name);
}
