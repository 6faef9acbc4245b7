using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class CellTests
{
    private const int Batch = 3;

    [Fact]
    public void Lstm_agrees_on_all_paths_also_in_place()
    {
        foreach (int size in KernelMemory.Lengths)
            CheckLstm(size);
    }

    private static void CheckLstm(int size)
    {
        int count = Batch * size;
        float[] input = Widths.Normal(4 * count, "gates", deviation: 1.5), cell = Widths.Normal(count, "cell"), bias = Widths.Normal(4 * size, "bias");
        float[] dh = Widths.Normal(count, "dh"), dc = Widths.Normal(count, "dc");
        float[] all = KernelMemory.Agree($"LSTM of {size}", memory =>
        {
            float* gates = memory.Put(input), pc = memory.Put(cell), nextCell = memory.New<float>(count, 7), next = memory.New<float>(count, 7), dcell = memory.Put(dc);
            LstmCell.Forward(Workers.Serial, gates, memory.Put(bias), pc, gates, nextCell, next, Batch, size);
            LstmCell.Backward(Workers.Serial, gates, pc, nextCell, memory.Put(dh), dcell, gates, dcell, Batch, size);
            return [.. KernelMemory.Read(nextCell, count), .. KernelMemory.Read(next, count), .. KernelMemory.Read(gates, 4 * count), .. KernelMemory.Read(dcell, count)];
        });
        double[] da = new double[4 * count], nextCell = new double[count], next = new double[count], dcell = new double[count];
        fixed (double* pi = KernelMemory.Wide(input), pb = KernelMemory.Wide(bias), pc = KernelMemory.Wide(cell), pdh = KernelMemory.Wide(dh), pdc = KernelMemory.Wide(dc))
        {
            fixed (double* gates = new double[4 * count], pa = da, pn = nextCell, py = next, pd = dcell)
            {
                LstmCell.Forward(pi, pb, pc, gates, pn, py, Batch, size);
                LstmCell.Backward(gates, pc, pn, pdh, pdc, pa, pd, Batch, size);
            }
        }
        KernelMemory.Close($"LSTM of {size}", all, [.. nextCell, .. next, .. da, .. dcell], 2e-6);
    }

    [Fact]
    public void Gru_agrees_on_all_paths_also_in_place()
    {
        foreach (int size in KernelMemory.Lengths)
            CheckGru(size);
    }

    private static void CheckGru(int size)
    {
        int count = Batch * size;
        float[] input = Widths.Normal(3 * count, "input"), hidden = Widths.Normal(3 * count, "hidden"), state = Widths.Normal(count, "state"), dh = Widths.Normal(count, "dh");
        float[] all = KernelMemory.Agree($"GRU of {size}", memory =>
        {
            float* gates = memory.Put(input), ph = memory.Put(hidden), ps = memory.Put(state), next = memory.New<float>(count, 7), dstate = memory.New<float>(count, 7);
            GruCell.Forward(Workers.Serial, gates, ph, ps, gates, next, Batch, size);
            GruCell.Backward(Workers.Serial, gates, ph, ps, memory.Put(dh), gates, ph, dstate, Batch, size);
            return [.. KernelMemory.Read(next, count), .. KernelMemory.Read(gates, 3 * count), .. KernelMemory.Read(ph, 3 * count), .. KernelMemory.Read(dstate, count)];
        });
        double[] dinput = new double[3 * count], dhidden = new double[3 * count], next = new double[count], dstate = new double[count];
        fixed (double* pi = KernelMemory.Wide(input), ph = KernelMemory.Wide(hidden), ps = KernelMemory.Wide(state), pd = KernelMemory.Wide(dh))
        {
            fixed (double* gates = new double[3 * count], pdi = dinput, pdh = dhidden, pn = next, pds = dstate)
            {
                GruCell.Forward(pi, ph, ps, gates, pn, Batch, size);
                GruCell.Backward(gates, ph, ps, pd, pdi, pdh, pds, Batch, size);
            }
        }
        KernelMemory.Close($"GRU of {size}", all, [.. next, .. dinput, .. dhidden, .. dstate], 2e-6);
    }

    /// <summary>Gates far from zero are 0 or 1 exactly, and nothing becomes NaN.</summary>
    [Fact]
    public void Saturated_gates_pass_or_stop()
    {
        float[] gates = [100, -100, 100, 100];
        float[] all = KernelMemory.Agree("LSTM", memory =>
        {
            float* next = memory.New<float>(2), a = memory.Put(gates);
            LstmCell.Forward(Workers.Serial, a, null, memory.Put([5f]), a, next, next + 1, 1, 1);
            return KernelMemory.Read(next, 2);
        });
        all[0].ShouldBe(1);
        all[1].ShouldBe((float)Math.Tanh(1), 1e-7f);
    }
}
