using System.Buffers.Binary;

namespace Sarsen.Formats.Pictures.Png;

/// <summary>
/// Turns the samples of a row into 8-bit pixels. Fewer bits are scaled so that the largest is 255; of 16 bits the
/// nearest of 8 is taken, as PNG's section 13.12 recommends.
/// </summary>
internal readonly ref struct PngSamples
{
    private readonly PngChunks _png;
    private readonly ReadOnlySpan<byte> _palette, _alpha;

    public PngSamples(PngChunks png)
    {
        _png = png;
        _palette = png.Palette.Span;
        _alpha = png.Transparency.Span;
        Channels = ChannelsOf(png);
    }

    /// <summary>What the picture has: 1 for grey, 3 for colours, 4 with transparency.</summary>
    public int Channels { get; }

    /// <summary>Samples of a pixel in the file.</summary>
    public static int SamplesOf(PngColour colour) => colour switch
    {
        PngColour.Rgb => 3,
        PngColour.Rgba => 4,
        PngColour.GreyAlpha => 2,
        _ => 1,
    };

    /// <summary>Writes <paramref name="count"/> pixels, each <paramref name="step"/> bytes behind the one before. False when the palette has no such colour.</summary>
    public bool Expand(ReadOnlySpan<byte> row, int count, Span<byte> to, int step)
    {
        switch (_png.Colour)
        {
            case PngColour.Grey:
                return ExpandGrey(row, count, to, step);
            case PngColour.Palette:
                return ExpandPalette(row, count, to, step);
            case PngColour.GreyAlpha:
                for (int i = 0; i < count; i++)
                {
                    Span<byte> pixel = to.Slice(i * step, 4);
                    pixel[..3].Fill(Sample(row, i * 2));
                    pixel[3] = Sample(row, i * 2 + 1);
                }
                return true;
            default:
                return ExpandColours(row, count, to, step);
        }
    }

    private static int ChannelsOf(PngChunks png)
    {
        if (png.Colour is PngColour.GreyAlpha or PngColour.Rgba || !png.Transparency.IsEmpty)
            return 4;
        return png.Colour == PngColour.Grey ? 1 : 3;
    }

    private bool ExpandGrey(ReadOnlySpan<byte> row, int count, Span<byte> to, int step)
    {
        int transparent = _alpha.IsEmpty ? -1 : BinaryPrimitives.ReadUInt16BigEndian(_alpha);
        for (int i = 0; i < count; i++)
        {
            int raw = _png.Depth < 8 ? Bits(row, i) : _png.Depth == 8 ? row[i] : BinaryPrimitives.ReadUInt16BigEndian(row[(i * 2)..]);
            byte grey = _png.Depth < 8 ? (byte)(raw * 255 / ((1 << _png.Depth) - 1)) : Sample(row, i);
            if (_alpha.IsEmpty)
            {
                to[i * step] = grey;
                continue;
            }
            Span<byte> pixel = to.Slice(i * step, 4);
            pixel[..3].Fill(grey);
            pixel[3] = (byte)(raw == transparent ? 0 : 255);
        }
        return true;
    }

    private bool ExpandPalette(ReadOnlySpan<byte> row, int count, Span<byte> to, int step)
    {
        for (int i = 0; i < count; i++)
        {
            int colour = _png.Depth < 8 ? Bits(row, i) : row[i];
            if (colour * 3 >= _palette.Length)
                return false;
            Span<byte> pixel = to[(i * step)..];
            _palette.Slice(colour * 3, 3).CopyTo(pixel);
            if (Channels == 4)
                pixel[3] = colour < _alpha.Length ? _alpha[colour] : (byte)255;
        }
        return true;
    }

    private bool ExpandColours(ReadOnlySpan<byte> row, int count, Span<byte> to, int step)
    {
        int samples = SamplesOf(_png.Colour), size = _png.Depth / 8;
        if (size == 1 && step == samples && _alpha.IsEmpty)
        {
            row[..(count * samples)].CopyTo(to);
            return true;
        }
        for (int i = 0; i < count; i++)
        {
            Span<byte> pixel = to.Slice(i * step, Channels);
            for (int s = 0; s < samples; s++)
                pixel[s] = Sample(row, i * samples + s);
            if (!_alpha.IsEmpty)
                pixel[3] = IsTransparent(row.Slice(i * samples * size, samples * size)) ? (byte)0 : (byte)255;
        }
        return true;
    }

    // Compared before 16 bits become 8: only exactly this colour is transparent.
    private bool IsTransparent(ReadOnlySpan<byte> pixel)
    {
        if (_png.Depth == 16)
            return pixel.SequenceEqual(_alpha);
        for (int s = 0; s < pixel.Length; s++)
        {
            if (pixel[s] != BinaryPrimitives.ReadUInt16BigEndian(_alpha[(s * 2)..]))
                return false;
        }
        return true;
    }

    // (v·255 + 32895) >> 16 is the nearest to v·255 / 65535 for every v.
    private byte Sample(ReadOnlySpan<byte> row, int i) =>
        _png.Depth == 8 ? row[i] : (byte)(BinaryPrimitives.ReadUInt16BigEndian(row[(i * 2)..]) * 255 + 32895 >> 16);

    private int Bits(ReadOnlySpan<byte> row, int i)
    {
        int bit = i * _png.Depth;
        return row[bit >> 3] >> 8 - _png.Depth - (bit & 7) & (1 << _png.Depth) - 1;
    }
}
