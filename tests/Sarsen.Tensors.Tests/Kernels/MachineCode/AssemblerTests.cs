using Sarsen.Tensors.Kernels;

namespace Sarsen.Tensors.Tests.Kernels.MachineCode;

/// <summary>Each instruction as the GNU assembler 2.40 writes it, with high and low registers and both lengths of displacement.</summary>
public class AssemblerTests
{
    [Theory]
    [InlineData("vmovups 64(%rsi), %zmm17", "62e17c48104e01")]
    [InlineData("vmovups 100(%r9), %zmm3", "62d17c48109964000000")]
    [InlineData("vmovups %zmm30, 8192(%r10)", "62417c4811b200200000")]
    [InlineData("vmovups %zmm5, 8128(%r10)", "62d17c48116a7f")]
    [InlineData("vpbroadcastd 12(%r11), %zmm21", "62c27d48586b03")]
    [InlineData("vpbroadcastd 1000(%r11), %zmm9", "62527d48588be8030000")]
    [InlineData("vpxord %zmm29, %zmm29, %zmm29", "62011540efed")]
    [InlineData("vpdpbusd %zmm7, %zmm24, %zmm18", "62e23d4050d7")]
    [InlineData("vpdpbusd 376(%rcx){1to16}, %zmm25, %zmm12", "6272355050615e")]
    [InlineData("vpdpbusd 512(%rcx){1to16}, %zmm6, %zmm31", "62624d5850b900020000")]
    [InlineData("vcvtdq2ps %zmm13, %zmm26", "62417c485bd5")]
    [InlineData("vmulps 4(%r9){1to16}, %zmm26, %zmm27", "62412c50595901")]
    [InlineData("vfmadd231ps %zmm27, %zmm14, %zmm2", "62920d48b8d3")]
    [InlineData("vfmadd231ps 20(%r10){1to16}, %zmm31, %zmm1", "62d20550b84a05")]
    [InlineData("vpsrad $4, %zmm17, %zmm26", "62b12d4072e104")]
    [InlineData("vpslld $4, %zmm27, %zmm24", "62913d4072f304")]
    [InlineData("vpandd 64(%r10){1to16}, %zmm24, %zmm25", "62413d50db4a10")]
    [InlineData("vpaddd %zmm27, %zmm25, %zmm24", "62013540fec3")]
    [InlineData("vpternlogd $0xf8, 68(%r10){1to16}, %zmm26, %zmm24", "62432d50254211f8")]
    [InlineData("vpternlogd $0xf8, 1024(%rsi){1to16}, %zmm28, %zmm25", "62631d50258e00040000f8")]
    [InlineData("vpxord 68(%r10){1to16}, %zmm24, %zmm25", "62413d50ef4a11")]
    [InlineData("vpermw 64(%rsi), %zmm31, %zmm24", "626285408d4601")]
    [InlineData("vcvtph2ps 32(%rdx), %zmm28", "62627d48136201")]
    [InlineData("vpmovzxwd 32(%rsi), %zmm24", "62627d48334601")]
    [InlineData("vpmovzxbd 16(%rdx), %zmm28", "62627d48316201")]
    [InlineData("vpmovsxbd 16(%rdx), %zmm28", "62627d48216201")]
    [InlineData("vmulps %zmm27, %zmm28, %zmm29", "62011c4059eb")]
    [InlineData("vfnmadd231ps 20(%rcx){1to16}, %zmm30, %zmm1", "62f20d50bc4905")]
    [InlineData("movq %rdx, %r8", "4989d0")]
    [InlineData("movq $8, %r9", "49c7c108000000")]
    [InlineData("movq 64(%rdi), %rax", "488b4740")]
    [InlineData("movq 8(%rsp), %r10", "4c8b542408")]
    [InlineData("addq $512, %rsi", "4881c600020000")]
    [InlineData("addq %rdx, %rsi", "4801d6")]
    [InlineData("addq %r10, %r9", "4d01d1")]
    [InlineData("shlq $2, %r10", "49c1e202")]
    [InlineData("vzeroupper; ret", "c5f877c3")]
    public void Instructions_are_encoded_as_the_assembler_does(string instruction, string hex)
    {
        var code = new Assembler();
        s_instructions[instruction](code);
        Convert.ToHexStringLower(code.Code).ShouldBe(hex);
    }

    [Fact]
    public void A_loop_jumps_back_to_its_place()
    {
        var code = new Assembler();
        code.Add(Register.Rsi, 1);
        int place = code.Here;
        code.Add(Register.Rsi, 1);
        code.RepeatFrom(place, Register.R8);
        // dec r8 (3 bytes), jnz over itself (6), the dec and the addition before it (7).
        Convert.ToHexStringLower(code.Code[14..]).ShouldBe("49ffc80f85f0ffffff");
    }

    private static readonly Dictionary<string, Action<Assembler>> s_instructions = new()
    {
        ["vmovups 64(%rsi), %zmm17"] = c => c.Load(17, Register.Rsi, 64),
        ["vmovups 100(%r9), %zmm3"] = c => c.Load(3, Register.R9, 100),
        ["vmovups %zmm30, 8192(%r10)"] = c => c.Store(30, Register.R10, 8192),
        ["vmovups %zmm5, 8128(%r10)"] = c => c.Store(5, Register.R10, 8128),
        ["vpbroadcastd 12(%r11), %zmm21"] = c => c.Broadcast(21, Register.R11, 12),
        ["vpbroadcastd 1000(%r11), %zmm9"] = c => c.Broadcast(9, Register.R11, 1000),
        ["vpxord %zmm29, %zmm29, %zmm29"] = c => c.Clear(29),
        ["vpdpbusd %zmm7, %zmm24, %zmm18"] = c => c.DotBytes(18, 24, 7),
        ["vpdpbusd 376(%rcx){1to16}, %zmm25, %zmm12"] = c => c.DotBytesBroadcast(12, 25, Register.Rcx, 376),
        ["vpdpbusd 512(%rcx){1to16}, %zmm6, %zmm31"] = c => c.DotBytesBroadcast(31, 6, Register.Rcx, 512),
        ["vcvtdq2ps %zmm13, %zmm26"] = c => c.ToFloat(26, 13),
        ["vmulps 4(%r9){1to16}, %zmm26, %zmm27"] = c => c.MultiplyBroadcast(27, 26, Register.R9, 4),
        ["vfmadd231ps %zmm27, %zmm14, %zmm2"] = c => c.Fma(2, 14, 27),
        ["vfmadd231ps 20(%r10){1to16}, %zmm31, %zmm1"] = c => c.FmaBroadcast(1, 31, Register.R10, 20),
        ["vpsrad $4, %zmm17, %zmm26"] = c => c.ShiftBitsRight(26, 17, 4),
        ["vpslld $4, %zmm27, %zmm24"] = c => c.ShiftBitsLeft(24, 27, 4),
        ["vpandd 64(%r10){1to16}, %zmm24, %zmm25"] = c => c.AndBroadcast(25, 24, Register.R10, 64),
        ["vpaddd %zmm27, %zmm25, %zmm24"] = c => c.AddBits(24, 25, 27),
        ["vpternlogd $0xf8, 68(%r10){1to16}, %zmm26, %zmm24"] = c => c.OrAndBroadcast(24, 26, Register.R10, 68),
        ["vpternlogd $0xf8, 1024(%rsi){1to16}, %zmm28, %zmm25"] = c => c.OrAndBroadcast(25, 28, Register.Rsi, 1024),
        ["vpxord 68(%r10){1to16}, %zmm24, %zmm25"] = c => c.XorBroadcast(25, 24, Register.R10, 68),
        ["vpermw 64(%rsi), %zmm31, %zmm24"] = c => c.PermuteWords(24, 31, Register.Rsi, 64),
        ["vcvtph2ps 32(%rdx), %zmm28"] = c => c.LoadHalves(28, Register.Rdx, 32),
        ["vpmovzxwd 32(%rsi), %zmm24"] = c => c.LoadUnsignedWords(24, Register.Rsi, 32),
        ["vpmovzxbd 16(%rdx), %zmm28"] = c => c.LoadUnsignedBytes(28, Register.Rdx, 16),
        ["vpmovsxbd 16(%rdx), %zmm28"] = c => c.LoadSignedBytes(28, Register.Rdx, 16),
        ["vmulps %zmm27, %zmm28, %zmm29"] = c => c.Multiply(29, 28, 27),
        ["vfnmadd231ps 20(%rcx){1to16}, %zmm30, %zmm1"] = c => c.FmaNegatedBroadcast(1, 30, Register.Rcx, 20),
        ["movq %rdx, %r8"] = c => c.Move(Register.R8, Register.Rdx),
        ["movq $8, %r9"] = c => c.Move(Register.R9, 8),
        ["movq 64(%rdi), %rax"] = c => c.Move(Register.Rax, Register.Rdi, 64),
        ["movq 8(%rsp), %r10"] = c => c.MoveFromStack(Register.R10, 8),
        ["addq $512, %rsi"] = c => c.Add(Register.Rsi, 512),
        ["addq %rdx, %rsi"] = c => c.Add(Register.Rsi, Register.Rdx),
        ["addq %r10, %r9"] = c => c.Add(Register.R9, Register.R10),
        ["shlq $2, %r10"] = c => c.ShiftLeft(Register.R10, 2),
        ["vzeroupper; ret"] = c => c.Return(),
    };
}
