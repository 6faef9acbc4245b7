namespace Sarsen.Tensors.Tests;

public class TensorTests
{
    [Fact]
    public void Outside_any_scope_the_gc_owns_the_memory()
    {
        Tensor tensor = Tensor.From(new float[] { 1, 2, 3, 4, 5, 6 }, new Shape(2, 3));
        tensor.DType.ShouldBe(DType.F32);
        tensor.Device.ShouldBe(Device.Cpu);
        tensor.Shape.ShouldBe(new Shape(2, 3));
        tensor.IsContiguous.ShouldBeTrue();
        tensor.ToArray<float>().ShouldBe([1, 2, 3, 4, 5, 6]);
        tensor.ToString().ShouldBe("F32 (2, 3) [1, 2, 3, 4, 5, 6]");
    }

    [Fact]
    public void The_wrong_element_type_is_refused()
    {
        Tensor tensor = Tensor.From(new long[] { 1 }, new Shape(1));
        Should.Throw<InvalidOperationException>(() => tensor.AsSpan<float>().Length).Message.ShouldContain("holds I64, not F32");
        Should.Throw<NotSupportedException>(() => tensor.WithGrad());
        Should.Throw<ShapeException>(() => Tensor.From(new float[3], new Shape(2)));
        Should.Throw<ShapeException>(() => Tensor.Empty(DType.F32, new Shape(2)).Item());
        Should.Throw<InvalidOperationException>(() => default(Tensor).Shape);
    }

    [Fact]
    public void A_stretch_of_bytes_stays_within_the_tensor()
    {
        Tensor tensor = Tensor.From(new byte[] { 1, 2, 3, 4, 5, 6 }, new Shape(2, 3));
        tensor.BytesAt(2, 3).ToArray().ShouldBe(new byte[] { 3, 4, 5 });
        tensor.BytesAt(6, 0).Length.ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.BytesAt(4, 3).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.BytesAt(-1, 1).Length);
        Should.Throw<ArgumentOutOfRangeException>(() => tensor.BytesAt(long.MaxValue, 1).Length);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I8)]
    [InlineData(DType.U16)]
    [InlineData(DType.I64)]
    [InlineData(DType.Bool)]
    [InlineData(DType.BF16)]
    public void Memory_is_aligned_and_zero(DType type)
    {
        Tensor tensor = Tensor.Empty(type, new Shape(33));
        tensor.Bytes.IndexOfAnyExcept((byte)0).ShouldBe(-1);
        tensor.Bytes.Length.ShouldBe(33 * type.Size());
        unsafe
        {
            ((long)tensor.Record.Data % 64).ShouldBe(0);
        }
    }

    [Fact]
    public void Items_are_read_in_every_type()
    {
        Tensor.From(new[] { (Half)1.5 }, new Shape(1)).Item().ShouldBe(1.5);
        Tensor.From(new byte[] { 7 }, new Shape()).Item().ShouldBe(7);
        Tensor.From(new ulong[] { 8 }, new Shape(1, 1)).Item().ShouldBe(8);
        Tensor brain = Tensor.Empty(DType.BF16, new Shape());
        brain.Bytes[1] = 0x40;
        brain.Item().ShouldBe(2);
    }
}
