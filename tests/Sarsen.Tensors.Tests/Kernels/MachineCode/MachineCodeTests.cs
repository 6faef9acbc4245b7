using Sarsen.Tensors.Kernels;

namespace Sarsen.Tensors.Tests.Kernels.MachineCode;

public class MachineCodeTests
{
    /// <summary>The system's own list of the processor's abilities against what was asked of the processor; and the routines pass their tests.</summary>
    [Fact]
    public void It_is_there_where_it_can_run()
    {
        const string Abilities = "/proc/cpuinfo";
        bool expected = InstructionSets.Best == InstructionSet.Vector512
            && (File.Exists(Abilities) ? File.ReadAllText(Abilities).Contains("avx512_vnni", StringComparison.Ordinal) : Sarsen.Tensors.Kernels.MachineCode.HasDotBytes)
            && Environment.GetEnvironmentVariable(Sarsen.Tensors.Kernels.MachineCode.Switch) is null;
        (BlockLayout.SuperSixes.Code is not null).ShouldBe(expected);
        (QuantisedDotProducts.Create() is not null).ShouldBe(expected);
    }
}
