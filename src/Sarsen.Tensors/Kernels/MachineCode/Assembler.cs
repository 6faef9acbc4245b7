using System.Buffers.Binary;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Writes the x86-64 instructions that the kernels of <see cref="MachineCode"/> are made of: EVEX ones on 512-bit registers
/// (numbers 0 to 31), and what moves their pointers. Operands in memory are a register and a displacement.
/// </summary>
/// <remarks>Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapters 2.7 (EVEX) and 3 to 5.</remarks>
internal sealed class Assembler
{
    // The maps of opcodes, and the prefixes that are part of them, as EVEX numbers them.
    private const int Map0F = 1, Map0F38 = 2, Map0F3A = 3;
    private const int NoPrefix = 0, Prefix66 = 1;

    private const int VectorBytes = 64, LaneBytes = 4;

    private readonly List<byte> _code = [];

    public ReadOnlySpan<byte> Code => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_code);

    /// <summary>Where the next instruction begins.</summary>
    public int Here => _code.Count;

    /// <summary>vmovups zmm, m512.</summary>
    public void Load(int to, Register at, int offset) => InMemory(Map0F, NoPrefix, 0x10, to, 0, at, offset, broadcast: false);

    /// <summary>vmovups m512, zmm.</summary>
    public void Store(int from, Register at, int offset) => InMemory(Map0F, NoPrefix, 0x11, from, 0, at, offset, broadcast: false);

    /// <summary>vpbroadcastd zmm, m32.</summary>
    public void Broadcast(int to, Register at, int offset) => InMemory(Map0F38, Prefix66, 0x58, to, 0, at, offset, broadcast: false, tuple: LaneBytes);

    /// <summary>vpxord zmm, zmm, zmm.</summary>
    public void Clear(int register) => InRegister(Map0F, Prefix66, 0xEF, register, register, register);

    /// <summary>vpdpbusd: to += Σ of four neighbouring products, unsigned times signed, without saturation.</summary>
    public void DotBytes(int to, int unsigned, int signed) => InRegister(Map0F38, Prefix66, 0x50, to, unsigned, signed);

    /// <summary>The same with the four signed bytes in memory for every lane.</summary>
    public void DotBytesBroadcast(int to, int unsigned, Register signed, int offset) => InMemory(Map0F38, Prefix66, 0x50, to, unsigned, signed, offset, broadcast: true);

    /// <summary>vcvtdq2ps: i32 to f32.</summary>
    public void ToFloat(int to, int from) => InRegister(Map0F, NoPrefix, 0x5B, to, 0, from);

    /// <summary>vmulps with one float in memory for every lane.</summary>
    public void MultiplyBroadcast(int to, int a, Register b, int offset) => InMemory(Map0F, NoPrefix, 0x59, to, a, b, offset, broadcast: true);

    /// <summary>vfmadd231ps: to = a · b + to.</summary>
    public void Fma(int to, int a, int b) => InRegister(Map0F38, Prefix66, 0xB8, to, a, b);

    /// <summary>The same with one float in memory for every lane.</summary>
    public void FmaBroadcast(int to, int a, Register b, int offset) => InMemory(Map0F38, Prefix66, 0xB8, to, a, b, offset, broadcast: true);

    /// <summary>The same with -a · b.</summary>
    public void FmaNegatedBroadcast(int to, int a, Register b, int offset) => InMemory(Map0F38, Prefix66, 0xBC, to, a, b, offset, broadcast: true);

    /// <summary>vmulps.</summary>
    public void Multiply(int to, int a, int b) => InRegister(Map0F, NoPrefix, 0x59, to, a, b);

    /// <summary>vpsrad with a constant: the sign is repeated.</summary>
    public void ShiftBitsRight(int to, int from, byte count) => Shift(4, to, from, count);

    /// <summary>vpslld with a constant.</summary>
    public void ShiftBitsLeft(int to, int from, byte count) => Shift(6, to, from, count);

    /// <summary>vpandd with one i32 in memory for every lane.</summary>
    public void AndBroadcast(int to, int a, Register b, int offset) => InMemory(Map0F, Prefix66, 0xDB, to, a, b, offset, broadcast: true);

    /// <summary>vpaddd.</summary>
    public void AddBits(int to, int a, int b) => InRegister(Map0F, Prefix66, 0xFE, to, a, b);

    /// <summary>vpternlogd: to |= a &amp; b, b being one i32 in memory for every lane.</summary>
    public void OrAndBroadcast(int to, int a, Register b, int offset)
    {
        InMemory(Map0F3A, Prefix66, 0x25, to, a, b, offset, broadcast: true);
        // The result by the bits of to, a and b: where to's is set, or both others are.
        _code.Add(0b1111_1000);
    }

    /// <summary>vpxord with one i32 in memory for every lane.</summary>
    public void XorBroadcast(int to, int a, Register b, int offset) => InMemory(Map0F, Prefix66, 0xEF, to, a, b, offset, broadcast: true);

    /// <summary>vpermw: words of m512 in the order that <paramref name="order"/> gives.</summary>
    public void PermuteWords(int to, int order, Register at, int offset) => InMemory(Map0F38, Prefix66, 0x8D, to, order, at, offset, broadcast: false, wide: true);

    /// <summary>vcvtph2ps zmm, m256: F16 to f32.</summary>
    public void LoadHalves(int to, Register at, int offset) => InMemory(Map0F38, Prefix66, 0x13, to, 0, at, offset, broadcast: false, tuple: VectorBytes / 2);

    /// <summary>vpmovzxwd zmm, m256.</summary>
    public void LoadUnsignedWords(int to, Register at, int offset) => InMemory(Map0F38, Prefix66, 0x33, to, 0, at, offset, broadcast: false, tuple: VectorBytes / 2);

    /// <summary>vpmovzxbd zmm, m128.</summary>
    public void LoadUnsignedBytes(int to, Register at, int offset) => InMemory(Map0F38, Prefix66, 0x31, to, 0, at, offset, broadcast: false, tuple: VectorBytes / 4);

    /// <summary>vpmovsxbd zmm, m128.</summary>
    public void LoadSignedBytes(int to, Register at, int offset) => InMemory(Map0F38, Prefix66, 0x21, to, 0, at, offset, broadcast: false, tuple: VectorBytes / 4);

    /// <summary>mov r64, r64.</summary>
    public void Move(Register to, Register from)
    {
        Wide(from, to);
        _code.AddRange([0x89, (byte)(0xC0 | ((int)from & 7) << 3 | (int)to & 7)]);
    }

    /// <summary>mov r64, imm32.</summary>
    public void Move(Register to, int number)
    {
        Wide(0, to);
        _code.AddRange([0xC7, (byte)(0xC0 | (int)to & 7)]);
        Number(number);
    }

    /// <summary>mov r64, m64.</summary>
    public void Move(Register to, Register at, int offset)
    {
        Wide(to, at);
        _code.Add(0x8B);
        Displaced((int)to & 7, at, offset, 1);
    }

    /// <summary>mov r64, m64 at rsp.</summary>
    public void MoveFromStack(Register to, sbyte offset)
    {
        Wide(to, 0);
        _code.AddRange([0x8B, (byte)(0x44 | ((int)to & 7) << 3), 0x24, (byte)offset]);
    }

    /// <summary>add r64, imm32.</summary>
    public void Add(Register to, int number)
    {
        Wide(0, to);
        _code.AddRange([0x81, (byte)(0xC0 | (int)to & 7)]);
        Number(number);
    }

    /// <summary>add r64, r64.</summary>
    public void Add(Register to, Register from)
    {
        Wide(from, to);
        _code.AddRange([0x01, (byte)(0xC0 | ((int)from & 7) << 3 | (int)to & 7)]);
    }

    /// <summary>shl r64, count.</summary>
    public void ShiftLeft(Register register, byte count)
    {
        Wide(0, register);
        _code.AddRange([0xC1, (byte)(0xE0 | (int)register & 7), count]);
    }

    /// <summary>dec r64; jnz.</summary>
    public void RepeatFrom(int place, Register count)
    {
        Wide(0, count);
        _code.AddRange([0xFF, (byte)(0xC8 | (int)count & 7), 0x0F, 0x85]);
        Number(place - (Here + sizeof(int)));
    }

    /// <summary>vzeroupper; ret.</summary>
    public void Return() => _code.AddRange([0xC5, 0xF8, 0x77, 0xC3]);

    private void InRegister(int map, int prefix, byte opcode, int to, int first, int second)
    {
        Evex(map, prefix, opcode, to, first, (second >> 3 & 1) == 0, (second >> 4 & 1) == 0, broadcast: false);
        _code.Add((byte)(0xC0 | (to & 7) << 3 | second & 7));
    }

    private void Shift(int kind, int to, int from, byte count)
    {
        InRegister(Map0F, Prefix66, 0x72, kind, to, from);
        _code.Add(count);
    }

    private void InMemory(int map, int prefix, byte opcode, int to, int first, Register at, int offset, bool broadcast, int? tuple = null, bool wide = false)
    {
        Evex(map, prefix, opcode, to, first, (int)at < 8, noIndex: true, broadcast, wide);
        Displaced(to & 7, at, offset, tuple ?? (broadcast ? LaneBytes : VectorBytes));
    }

    /// <summary>The four bytes of EVEX, in which high bits of register numbers stand inverted, and the opcode.</summary>
    private void Evex(int map, int prefix, byte opcode, int to, int first, bool lowBase, bool noIndex, bool broadcast, bool wide = false)
    {
        _code.Add(0x62);
        _code.Add((byte)((~to >> 3 & 1) << 7 | (noIndex ? 1 << 6 : 0) | (lowBase ? 1 << 5 : 0) | (~to >> 4 & 1) << 4 | map));
        _code.Add((byte)((wide ? 1 << 7 : 0) | (~first & 15) << 3 | 1 << 2 | prefix));
        _code.Add((byte)(0b10 << 5 | (broadcast ? 1 << 4 : 0) | (~first >> 4 & 1) << 3));
        _code.Add(opcode);
    }

    /// <summary>ModRM with a displacement of one byte, in units of <paramref name="unit"/>, or of four.</summary>
    private void Displaced(int register, Register at, int offset, int unit)
    {
        bool isShort = offset % unit == 0 && offset / unit is >= sbyte.MinValue and <= sbyte.MaxValue;
        _code.Add((byte)((isShort ? 0x40 : 0x80) | register << 3 | (int)at & 7));
        if (isShort)
            _code.Add((byte)(offset / unit));
        else
            Number(offset);
    }

    /// <summary>REX.W with the high bits of both registers.</summary>
    private void Wide(Register register, Register operand) => _code.Add((byte)(0x48 | (int)register >> 3 << 2 | (int)operand >> 3));

    private void Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _code.AddRange(bytes);
    }
}
