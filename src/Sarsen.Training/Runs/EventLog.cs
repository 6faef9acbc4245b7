using System.Text.Json;

namespace Sarsen.Training.Runs;

/// <summary>
/// A run's <c>events.jsonl</c>: append-only, one JSON object a line, flushed line by line. A line that a crash cut off
/// is removed when the next attempt opens it, so every line that is there is whole.
/// </summary>
public sealed class EventLog : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly int _attempt;
    private readonly Action<string>? _echo;
    private readonly Lock _gate = new();
    private long _seq;

    /// <param name="path">The file; made when it is not there.</param>
    /// <param name="attempt">Which start of the run this is.</param>
    /// <param name="time">Where the times come from.</param>
    /// <param name="echo">Told every line, without its end; null for nobody.</param>
    public EventLog(string path, int attempt, TimeProvider time, Action<string>? echo = null)
    {
        (_attempt, _time, _echo) = (attempt, time, echo);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _file.SetLength(EndOfLastLine(_file, out _seq));
        _file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Appends an event.</summary>
    /// <param name="kind">One of <see cref="RunEventKind"/>.</param>
    /// <param name="data">A record or anonymous object.</param>
    /// <exception cref="RunException">The disk is full or gone; what was written of the line is taken back.</exception>
    public void Append(string kind, object data)
    {
        lock (_gate)
        {
            var entry = new RunEvent(RunEvent.CurrentVersion, _seq + 1, _time.GetUtcNow().ToUnixTimeMilliseconds(), _attempt, kind,
                JsonSerializer.SerializeToElement(data, RunJson.Line));
            byte[] line = JsonSerializer.SerializeToUtf8Bytes(entry, RunJson.Line);
            Write([.. line, (byte)'\n']);
            _seq++;
            _echo?.Invoke(System.Text.Encoding.UTF8.GetString(line));
        }
    }

    private void Write(byte[] line)
    {
        long end = _file.Position;
        try
        {
            _file.Write(line);
        }
        catch (IOException e)
        {
            _file.SetLength(end);
            throw new RunException($"the event log '{_file.Name}' could not be written: {e.Message}. Make room, then resume the run", e);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The events of a file, up to the last whole line.</summary>
    public static IEnumerable<RunEvent> Read(string path)
    {
        if (!File.Exists(path))
            yield break;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is not { } entry)
                yield break;
            yield return entry;
        }
    }

    private static RunEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(line, RunJson.Line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long EndOfLastLine(FileStream file, out long seq)
    {
        byte[] bytes = new byte[checked((int)file.Length)];
        file.ReadExactly(bytes);
        long end = 0;
        seq = 0;
        for (int start = 0; start < bytes.Length;)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0 || Parse(System.Text.Encoding.UTF8.GetString(bytes, start, length)) is not { } entry)
                break;
            seq = entry.Seq;
            start += length + 1;
            end = start;
        }
        return end;
    }
}
