using System.Buffers.Binary;

namespace Sarsen.Formats.Pictures.Png;

/// <summary>What a PNG file says before its pixels, and where the packed pixels are.</summary>
internal sealed class PngChunks
{
    // Length, type and checksum around a chunk's contents.
    private const int Frame = 12;

    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly string _name;
    private bool _hasHeader, _hasTransparency;

    private PngChunks(string name) => _name = name;

    public static ReadOnlySpan<byte> Signature => s_signature;

    public int Width { get; private set; }

    public int Height { get; private set; }

    public int Depth { get; private set; }

    public PngColour Colour { get; private set; }

    public bool Interlaced { get; private set; }

    /// <summary>RGB of each colour; empty without one.</summary>
    public ReadOnlyMemory<byte> Palette { get; private set; }

    /// <summary>Alpha of the first colours of the palette, or the one grey or RGB (16 bits each) that is transparent.</summary>
    public ReadOnlyMemory<byte> Transparency { get; private set; }

    /// <summary>The stretches of the zlib stream.</summary>
    public List<ReadOnlyMemory<byte>> Data { get; } = [];

    public long DataBytes { get; private set; }

    /// <exception cref="ModelFormatException">The chunks break a rule of the format.</exception>
    public static PngChunks Read(ReadOnlyMemory<byte> file, string name, PictureOptions options)
    {
        var chunks = new PngChunks(name);
        if (!file.Span.StartsWith(Signature))
            throw chunks.Fail(0, "the first 8 bytes are not PNG's signature: the file was damaged as text is, or is something else");
        int at = Signature.Length;
        bool dataEnded = false;
        while (true)
        {
            if (file.Length - at < Frame)
                throw chunks.Fail(at, "the file ends before the IEND chunk: it is cut off");
            ReadOnlySpan<byte> head = file.Span.Slice(at, 8);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(head);
            ReadOnlySpan<byte> type = head[4..];
            if (length > file.Length - at - Frame)
                throw chunks.Fail(at, $"the chunk {Word(type)} has {length} bytes, {file.Length - at - Frame} follow: the file is cut off or damaged");
            ReadOnlyMemory<byte> contents = file.Slice(at + 8, (int)length);
            if (Crc32.Append(0, file.Span.Slice(at + 4, (int)length + 4)) != BinaryPrimitives.ReadUInt32BigEndian(file.Span[(at + 8 + (int)length)..]))
                throw chunks.Fail(at, $"the checksum of the chunk {Word(type)} is wrong: the file is damaged");
            if (!chunks._hasHeader && !type.SequenceEqual("IHDR"u8))
                throw chunks.Fail(at, $"the first chunk must be IHDR, it is {Word(type)}");
            bool isData = type.SequenceEqual("IDAT"u8);
            dataEnded |= chunks.Data.Count > 0 && !isData;
            if (isData && dataEnded)
                throw chunks.Fail(at, "the IDAT chunks do not follow one another");
            if (type.SequenceEqual("IEND"u8))
                break;
            chunks.Take(type, contents, at, options);
            at += Frame + (int)length;
        }
        if (chunks.Data.Count == 0)
            throw chunks.Fail(at, "there is no IDAT chunk");
        if (chunks.Colour == PngColour.Palette && chunks.Palette.IsEmpty)
            throw chunks.Fail(at, "a picture of palette colours has no PLTE chunk before its pixels");
        return chunks;
    }

    private void Take(ReadOnlySpan<byte> type, ReadOnlyMemory<byte> contents, int at, PictureOptions options)
    {
        if (type.SequenceEqual("IHDR"u8))
        {
            TakeHeader(contents.Span, at, options);
        }
        else if (type.SequenceEqual("IDAT"u8))
        {
            Data.Add(contents);
            DataBytes += contents.Length;
        }
        else if (type.SequenceEqual("PLTE"u8))
        {
            TakePalette(contents, at);
        }
        else if (type.SequenceEqual("tRNS"u8))
        {
            TakeTransparency(contents, at);
        }
        else if ((type[0] & 0x20) == 0)
        {
            // A capital first letter says that the picture cannot be shown without knowing the chunk.
            throw Fail(at, $"the critical chunk {Word(type)} is unknown");
        }
    }

    private void TakeHeader(ReadOnlySpan<byte> header, int at, PictureOptions options)
    {
        if (_hasHeader)
            throw Fail(at, "IHDR is there twice");
        if (header.Length != 13)
            throw Fail(at, $"IHDR has {header.Length} bytes, 13 are expected");
        uint width = BinaryPrimitives.ReadUInt32BigEndian(header), height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw Fail(at, $"the picture is {width} x {height} pixels; 1 to 2^31 - 1 are expected");
        Depth = header[8];
        Colour = (PngColour)header[9];
        bool known = Colour switch
        {
            PngColour.Grey => Depth is 1 or 2 or 4 or 8 or 16,
            PngColour.Palette => Depth is 1 or 2 or 4 or 8,
            PngColour.Rgb or PngColour.GreyAlpha or PngColour.Rgba => Depth is 8 or 16,
            _ => false,
        };
        if (!known)
            throw Fail(at, $"colour type {header[9]} with {Depth} bits is none of PNG's");
        if (header[10] != 0 || header[11] != 0 || header[12] > 1)
            throw Fail(at, $"compression {header[10]}, filter {header[11]}, interlace {header[12]}: 0, 0, and 0 or 1 are expected");
        options.CheckSize(_name, at, width, height, channels: 4);
        (Width, Height, Interlaced, _hasHeader) = ((int)width, (int)height, header[12] == 1, true);
    }

    private void TakePalette(ReadOnlyMemory<byte> contents, int at)
    {
        if (!Palette.IsEmpty || Data.Count > 0 || _hasTransparency)
            throw Fail(at, "PLTE is there twice, or behind IDAT or tRNS");
        if (contents.Length % 3 != 0 || contents.Length is 0 or > 768)
            throw Fail(at, $"PLTE has {contents.Length} bytes; three for each of 1 to 256 colours are expected");
        if (Colour is PngColour.Grey or PngColour.GreyAlpha)
            throw Fail(at, "a grey picture has a PLTE chunk");
        Palette = contents;
    }

    private void TakeTransparency(ReadOnlyMemory<byte> contents, int at)
    {
        if (_hasTransparency || Data.Count > 0)
            throw Fail(at, "tRNS is there twice, or behind IDAT");
        bool fits = Colour switch
        {
            PngColour.Grey => contents.Length == 2,
            PngColour.Rgb => contents.Length == 6,
            PngColour.Palette => contents.Length <= Palette.Length / 3,
            _ => false,
        };
        if (!fits)
            throw Fail(at, $"tRNS with {contents.Length} bytes does not fit a picture of {Colour} colours");
        (Transparency, _hasTransparency) = (contents, true);
    }

    // A hostile type must not put control characters into a log.
    private static string Word(ReadOnlySpan<byte> type)
    {
        foreach (byte b in type)
        {
            if (!char.IsAsciiLetter((char)b))
                return $"0x{Convert.ToHexString(type)}";
        }
        return string.Create(4, type, (text, from) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = (char)from[i];
        });
    }

    private ModelFormatException Fail(long offset, string message) => new(_name, offset, message);
}
