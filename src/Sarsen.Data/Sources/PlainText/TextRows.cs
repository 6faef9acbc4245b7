using System.Text.Unicode;
using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources.PlainText;

/// <summary>The rows of an opened <see cref="TextSource"/>.</summary>
internal sealed class TextRows : IRowSource
{
    private const int MaxRows = 4096;
    private const long MaxBlockBytes = 8 << 20;
    private const int MaxFileBytes = 64 << 20;

    private readonly TextSource _source;
    private readonly IReadOnlyList<string> _files;
    private readonly BadRowLog _log;

    public TextRows(TextSource source, SourceContext context)
    {
        _source = source;
        _files = source.Files();
        _log = new BadRowLog(source.OnBadRow, context.QuarantinePath);
        var text = new ColumnInfo("text", ColumnType.Text);
        Schema = source.FolderLabel ? new Schema(text, new ColumnInfo("label", ColumnType.Text)) : new Schema(text);
    }

    public Schema Schema { get; }

    public BadRowReport BadRows => _log.Report;

    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        var texts = new List<string>();
        var labels = new List<string>();
        long bytes = 0, good = 0, bad = 0;
        try
        {
            foreach ((string? text, string label, BadRow? fault) in _source.Unit is TextUnit.Line ? Lines() : Files())
            {
                if (fault is not null)
                {
                    stop.ThrowIfCancellationRequested();
                    _log.AddBad(++bad, fault);
                    continue;
                }
                texts.Add(text!);
                labels.Add(label);
                bytes += text!.Length;
                if (texts.Count < MaxRows && bytes < MaxBlockBytes)
                    continue;
                stop.ThrowIfCancellationRequested();
                yield return Take();
            }
            if (texts.Count > 0)
                yield return Take();
            _log.End();
        }
        finally
        {
            _log.Flush();
        }

        RowBlock Take()
        {
            var columns = new List<Column> { new Column<string>(Schema.Columns[0], [.. texts]) };
            if (_source.FolderLabel)
                columns.Add(new Column<string>(Schema.Columns[1], [.. labels]));
            var block = new RowBlock(Schema, columns, good);
            good += texts.Count;
            _log.AddGood(good);
            texts.Clear();
            labels.Clear();
            bytes = 0;
            return block;
        }
    }

    private IEnumerable<(string? Text, string Label, BadRow? Bad)> Lines()
    {
        foreach (string file in _files)
        {
            string label = Label(file);
            using var lines = new LineReader(file, _source.Encoding);
            while (lines.Read())
                yield return Line(lines, label);
        }
    }

    private static (string? Text, string Label, BadRow? Bad) Line(LineReader lines, string label)
    {
        if (lines.IsTooLong)
            return (null, label, new BadRow(lines.Path, lines.Line, 1, null, $"the line has more than {LineReader.MaxLineBytes >> 20} MiB", ""));
        string text = System.Text.Encoding.UTF8.GetString(lines.Text);
        return Utf8.IsValid(lines.Text) ? (text, label, null) : (null, label, NoText(lines.Path, lines.Line, lines.Text, text));
    }

    private IEnumerable<(string? Text, string Label, BadRow? Bad)> Files()
    {
        foreach (string file in _files)
        {
            BadRow? bad = null;
            string? text = null;
            try
            {
                text = Whole(file, out bad);
            }
            catch (DataException e)
            {
                string reason = e.Message.StartsWith(file, StringComparison.Ordinal) ? e.Message[file.Length..].TrimStart(':', ' ') : e.Message;
                bad = new BadRow(file, 0, 0, null, reason, "");
            }
            yield return (text, Label(file), bad);
        }
    }

    private string? Whole(string file, out BadRow? bad)
    {
        bad = null;
        var bytes = new MemoryStream();
        try
        {
            using Stream stream = TextFile.Open(file, _source.Encoding);
            byte[] part = new byte[64 << 10];
            for (int read; (read = stream.Read(part)) > 0;)
            {
                bytes.Write(part.AsSpan(0, read));
                if (bytes.Length > MaxFileBytes)
                {
                    bad = new BadRow(file, 0, 0, null, $"the file has more than {MaxFileBytes >> 20} MiB, too much for one row; say unit: line", "");
                    return null;
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw TextFile.Unreadable(file, e);
        }
        ReadOnlySpan<byte> all = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        string text = System.Text.Encoding.UTF8.GetString(all);
        if (Utf8.IsValid(all))
            return text;
        bad = NoText(file, 1, all, text);
        return null;
    }

    private static BadRow NoText(string file, long firstLine, ReadOnlySpan<byte> bytes, string text)
    {
        Utf8.ToUtf16(bytes, new char[bytes.Length], out int read, out _, replaceInvalidSequences: false);
        ReadOnlySpan<byte> before = bytes[..read];
        int column = System.Text.Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new BadRow(file, firstLine + before.Count((byte)'\n'), column, null,
            "bytes that are no characters; say the file's encoding, such as encoding: gb18030", text.Length <= 4096 ? text : text[..4096]);
    }

    private static string Label(string file) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? "";
}
