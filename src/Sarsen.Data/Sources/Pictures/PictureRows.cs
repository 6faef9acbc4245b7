using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;
using Sarsen.Data.Preprocessing.Arrays;
using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Formats.Pictures;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.Pictures;

/// <summary>The rows of an opened <see cref="ImageFolderSource"/>.</summary>
internal sealed class PictureRows : IRowSource
{
    private const int MaxRows = 4096;
    private const long MaxBlockBytes = 8 << 20;

    private readonly IReadOnlyList<ClassFolder> _classes;
    private readonly PictureOptions _options;
    private readonly bool _scales;
    private readonly Shape _shape;
    private readonly BadRowLog _log;

    public PictureRows(ImageFolderSource source, SourceContext context)
    {
        _classes = ClassFolder.All(source.Path);
        _options = new PictureOptions { Channels = source.Channels, Alpha = source.Alpha };
        _log = new BadRowLog(source.OnBadRow, context.QuarantinePath);
        _scales = source.Size is not null;
        _shape = source.Size is { } size ? new Shape(source.Channels, size[0], size[^1]) : FirstShape(source.OnBadRow);
        Schema = new Schema(new ColumnInfo("image", ColumnType.Array, _shape, DType.U8), new ColumnInfo("label", ColumnType.Text));
    }

    public Schema Schema { get; }

    public BadRowReport BadRows => _log.Report;

    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        int capacity = (int)Math.Clamp(MaxBlockBytes / _shape.Count, 1, MaxRows), count = 0;
        var images = new ArrayBuffer(Schema.Columns[0], capacity);
        var labels = new ColumnBuffer<string>(Schema.Columns[1], capacity);
        Resampling? scaling = null;
        long good = 0, bad = 0;
        try
        {
            foreach (ClassFolder one in _classes)
            {
                foreach (string file in one.Files)
                {
                    stop.ThrowIfCancellationRequested();
                    if (Read(file, out string reason) is not { } picture || !Fits(picture, out reason))
                    {
                        _log.AddBad(++bad, Bad(file, reason));
                        continue;
                    }
                    Put(picture, images.Row(count), ref scaling);
                    labels.Set(count, one.Name);
                    if (++count == capacity)
                        yield return Take();
                }
            }
            if (count > 0)
                yield return Take();
            _log.End();
        }
        finally
        {
            _log.Flush();
        }

        RowBlock Take()
        {
            var block = new RowBlock(Schema, [images.Take(count), labels.Take(count)], good);
            good += count;
            count = 0;
            _log.AddGood(good);
            return block;
        }
    }

    private Shape FirstShape(OnBadRow policy)
    {
        string? first = null;
        foreach (string file in _classes.SelectMany(c => c.Files))
        {
            if (Read(file, out string reason) is { } picture)
                return new Shape(picture.Channels, picture.Height, picture.Width);
            if (policy is OnBadRow.Fail)
                throw new BadRowException(Bad(file, reason));
            first ??= $"{file}: {reason}";
        }
        throw new DataException($"none of the pictures could be read; the first: {first}");
    }

    private Picture? Read(string file, out string reason)
    {
        reason = "";
        try
        {
            return PictureReader.Read(file, _options);
        }
        catch (ModelFormatException e)
        {
            reason = e.Message.StartsWith(file, StringComparison.Ordinal) ? e.Message[file.Length..].TrimStart(',', ' ') : e.Message;
            return null;
        }
        catch (MissingLibraryException e)
        {
            throw new DataException($"{file}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TextFile.Unreadable(file, e);
        }
    }

    private bool Fits(Picture picture, out string reason)
    {
        reason = "";
        if (_scales || (picture.Height == _shape[1] && picture.Width == _shape[2]))
            return true;
        reason = $"the picture has {picture.Height} rows and {picture.Width} columns, the first has {_shape[1]} and {_shape[2]}; say size: [{_shape[1]}, {_shape[2]}] to scale all to one size";
        return false;
    }

    // (H, W, C) to (C, H, W), scaled where the sizes differ; pictures of one size share their scaling.
    private void Put(Picture picture, Span<byte> into, ref Resampling? scaling)
    {
        var shape = new Shape(picture.Channels, picture.Height, picture.Width);
        if (shape == _shape)
        {
            ToPlanes(picture, into);
            return;
        }
        byte[] planes = new byte[shape.Count];
        ToPlanes(picture, planes);
        if (scaling?.InputShape != shape)
            scaling = new Resampling(shape, DType.U8, (int)_shape[1], (int)_shape[2]);
        scaling.Run(planes, into, null);
    }

    private static void ToPlanes(Picture picture, Span<byte> into)
    {
        int channels = picture.Channels, pixels = picture.Width * picture.Height;
        for (int c = 0; c < channels; c++)
        {
            for (int i = 0; i < pixels; i++)
                into[c * pixels + i] = picture.Pixels[i * channels + c];
        }
    }

    private static BadRow Bad(string file, string reason) => new(file, 0, 0, null, reason, "");
}
