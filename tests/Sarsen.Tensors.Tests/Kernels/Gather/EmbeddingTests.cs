using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class EmbeddingTests
{
    private static readonly long[] s_ids = [3, 0, 3, 1, 3, 4, 0];

    [Fact]
    public void Rows_of_any_width_are_copied_and_summed_back_on_all_paths()
    {
        const int rows = 5;
        foreach (int width in KernelMemory.Lengths)
        {
            float[] table = Widths.Normal(rows * width, "table"), dy = Widths.Normal(s_ids.Length * width, "dy");
            KernelMemory.Agree($"embedding of {width}", memory =>
            {
                float* y = memory.New<float>(s_ids.Length * width, 7);
                Embedding.Forward(Workers.Shared, memory.Put(table), memory.Put(s_ids), y, s_ids.Length, width);
                return KernelMemory.Read(y, s_ids.Length * width);
            }).ShouldBe(s_ids.SelectMany(id => table[(int)(id * width)..(int)((id + 1) * width)]));
            foreach (long padding in (ReadOnlySpan<long>)[-1, 3])
            {
                float[] dtable = KernelMemory.Agree($"embedding of {width}", memory =>
                {
                    float* to = memory.New<float>(rows * width);
                    Embedding.Backward(Workers.Serial, memory.Put(dy), memory.Put(s_ids), to, s_ids.Length, width, padding);
                    return KernelMemory.Read(to, rows * width);
                });
                // One after the other, ascending: the bits of this loop.
                float[] expected = new float[rows * width];
                for (int i = 0; i < dy.Length; i++)
                {
                    long id = s_ids[i / width];
                    if (id != padding)
                        expected[id * width + i % width] += dy[i];
                }
                dtable.ShouldBe(expected);
                double[] wide = new double[rows * width];
                fixed (double* pd = KernelMemory.Wide(dy), pt = wide)
                {
                    fixed (long* ids = s_ids)
                        Embedding.Backward(pd, ids, pt, s_ids.Length, width, padding);
                }
                KernelMemory.Close($"embedding of {width}", dtable, wide, 1e-6);
            }
        }
    }

    [Fact]
    public void Ids_outside_are_found_and_one_hot_marks_each_id()
    {
        using var memory = new KernelMemory();
        long* ids = memory.Put([2L, 0, 3, -1]);
        Embedding.FirstOutside(ids, 2, 3).ShouldBe(-1);
        Embedding.FirstOutside(ids, 4, 3).ShouldBe(2);
        Embedding.FirstOutside(ids, 4, 4).ShouldBe(3);
        float* y = memory.New<float>(6, 7);
        Embedding.OneHot(Workers.Serial, ids, y, 2, 3);
        KernelMemory.Read(y, 6).ShouldBe([0, 0, 1, 1, 0, 0]);
    }
}
