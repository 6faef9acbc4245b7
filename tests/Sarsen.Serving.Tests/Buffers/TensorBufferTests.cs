using Sarsen.Serving.Buffers;

namespace Sarsen.Serving.Tests.Buffers;

public class TensorBufferTests
{
    [Theory]
    [InlineData(new long[] { 2, 3 }, 24)]
    [InlineData(new long[] { }, 4)]
    [InlineData(new long[] { 0, long.MaxValue, long.MaxValue }, 0)]
    public void Bytes_follow_the_shape(long[] shape, int bytes) => TensorBuffer.ByteCount("t", DataType.Fp32, shape).ShouldBe(bytes);

    [Theory]
    [InlineData(new long[] { -1, 3 })]
    [InlineData(new long[] { long.MaxValue, 2 })]
    [InlineData(new long[] { 1L << 32, 1L << 32 })]
    [InlineData(new long[] { 1L << 62, 4 })]
    [InlineData(new long[] { 1 << 29, 1 })]
    [InlineData(new long[] { 0, -1 })]
    public void Shapes_that_cannot_be_are_refused(long[] shape) =>
        Should.Throw<InputException>(() => TensorBuffer.ByteCount("t", DataType.Fp32, shape)).Message.ShouldContain("'t'");

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 65, 0, 0, 0, 0 }, 2, 9)]
    [InlineData(new byte[] { 1, 0, 0, 0, 65, 0, 0, 0, 0 }, 1, 5)]
    [InlineData(new byte[] { 2, 0, 0, 0, 65 }, 1, -1)]
    [InlineData(new byte[] { 1, 0, 0 }, 1, -1)]
    [InlineData(new byte[] { 255, 255, 255, 255, 1 }, 1, -1)]
    public void Elements_with_lengths_are_measured(byte[] encoded, int count, int expected) =>
        TensorBuffer.EncodedLength(encoded, count).ShouldBe(expected);

    [Fact]
    public void Growing_keeps_what_is_there()
    {
        using var tensors = new TensorBuffers([new TensorSpec("t", DataType.Bytes, -1)]);
        for (int i = 0; i < 1000; i++)
            tensors[0].Append([(byte)i]);
        tensors[0].Bytes.Length.ShouldBe(5000);
        for (int i = 0; i < 1000; i++)
            tensors[0].Bytes[i * 5 + 4].ShouldBe((byte)i);
    }
}
