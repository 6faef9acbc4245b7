using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sarsen.Data.BadRows;

/// <summary>
/// Carries out <see cref="OnBadRow"/> for one source, and counts. A source reads the same rows each time, so the n-th
/// bad row of a reading is known once an earlier reading came as far, and is not counted or written again.
/// </summary>
internal sealed class BadRowLog
{
    private const int MostRawCharacters = 200;
    private const int FlushAt = 1 << 16;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly OnBadRow _policy;
    private readonly string? _path;
    private readonly List<BadRow> _first = [];
    private readonly MemoryStream _unwritten = new();
    private long _good, _bad;

    /// <param name="policy">What becomes of bad rows.</param>
    /// <param name="quarantinePath">
    /// The file for quarantine: JSON Lines with file, line, column, field, reason, raw. It is this source's own: what
    /// an earlier run left there is removed.
    /// </param>
    /// <exception cref="DataException">Quarantine is wanted and there is no file for it, or it cannot be written.</exception>
    public BadRowLog(OnBadRow policy, string? quarantinePath)
    {
        _policy = policy;
        if (policy is not OnBadRow.Quarantine)
            return;
        _path = quarantinePath ?? throw new DataException("on_bad_row: quarantine needs a file to write to, and none was given here; say skip or fail");
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
    }

    public OnBadRow Policy => _policy;

    public BadRowReport Report
    {
        get
        {
            lock (_lock)
                return new BadRowReport(_policy, _good, _bad, [.. _first], _bad > 0 ? _path : null);
        }
    }

    /// <summary>Counts rows that were read.</summary>
    /// <param name="total">How many good rows this reading has had so far.</param>
    public void AddGood(long total)
    {
        lock (_lock)
            _good = Math.Max(_good, total);
    }

    /// <summary>Reports a bad row.</summary>
    /// <param name="total">How many bad rows this reading has had so far, this one included.</param>
    /// <param name="row">The row.</param>
    /// <exception cref="BadRowException">The policy is to fail.</exception>
    public void AddBad(long total, BadRow row)
    {
        if (_policy is OnBadRow.Fail)
            throw new BadRowException(row);
        lock (_lock)
        {
            if (total <= _bad)
                return;
            _bad++;
            if (_first.Count < BadRowReport.MostKept)
                _first.Add(row.Raw.Length <= MostRawCharacters ? row : row with { Raw = row.Raw[..MostRawCharacters] + "…" });
            if (_path is not null)
                Write(row);
        }
    }

    /// <summary>Ends a reading: writes what is still held, and refuses a source of which nothing could be read.</summary>
    /// <exception cref="DataException">Every row was bad.</exception>
    public void End()
    {
        lock (_lock)
        {
            Flush();
            if (_good == 0 && _bad > 0)
                throw new DataException($"none of {_bad} rows could be read; the first: {_first[0]}");
        }
    }

    /// <summary>Writes what is still held: for a reading that is broken off.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (_unwritten.Length == 0)
                return;
            try
            {
                using var file = new FileStream(_path!, FileMode.Append, FileAccess.Write, FileShare.Read);
                _unwritten.WriteTo(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unwritable(e);
            }
            finally
            {
                _unwritten.SetLength(0);
            }
        }
    }

    private void Write(BadRow row)
    {
        using (var json = new Utf8JsonWriter(_unwritten, Readable))
        {
            json.WriteStartObject();
            json.WriteString("file", row.File);
            json.WriteNumber("line", row.Line);
            json.WriteNumber("column", row.Column);
            json.WriteString("field", row.Field);
            json.WriteString("reason", row.Reason);
            json.WriteString("raw", row.Raw);
            json.WriteEndObject();
        }
        _unwritten.WriteByte((byte)'\n');
        if (_unwritten.Length >= FlushAt)
            Flush();
    }

    private DataException Unwritable(Exception e) => new($"the quarantine file {_path} cannot be written: {e.Message}", e);
}
