using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Sarsen.Formats;

namespace Sarsen.Server.Storage;

/// <summary>
/// The folder that a server works on, held by a lock that the system releases when the process ends, however that is:
/// <c>lock</c>, <c>holder.json</c> (who holds it), <c>sarsen.db</c>, <c>models/NAME/VERSION/</c>, <c>incoming/</c> (models
/// on their way in), <c>trash/</c> (on their way out). What a killed process left in the last two is removed at opening.
/// </summary>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly SemaphoreSlim _turns = new(1, 1);
    private readonly DbContextOptions<ServerDatabase> _database;

    private DataFolder(string path, FileStream held)
    {
        (Path, _lock) = (path, held);
        string connection = new SqliteConnectionStringBuilder { DataSource = In("sarsen.db"), Pooling = false }.ToString();
        _database = new DbContextOptionsBuilder<ServerDatabase>().UseSqlite(connection).Options;
    }

    public string Path { get; }

    public string Models => In("models");

    internal string Incoming => In("incoming");

    internal string Trash => In("trash");

    /// <summary>Takes the folder, making it where there is none.</summary>
    /// <exception cref="ServerStartException">Another process works on it, or it is of a later version, or cannot be used.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        FileStream held;
        try
        {
            Create(path);
            held = Lock(path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new ServerStartException($"the data folder '{path}' cannot be used: {e.Message}", e);
        }
        var folder = new DataFolder(path, held);
        try
        {
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            AtomicFile.WriteAllText(folder.In("holder.json"), JsonSerializer.Serialize(new Holder(self.Id, self.ProcessName), StorageJson.Default.Holder));
            folder.Clear(folder.Incoming);
            folder.Clear(folder.Trash);
            Directory.CreateDirectory(folder.Models);
            using ServerDatabase database = folder.OpenDatabase();
            database.Prepare(path);
            return folder;
        }
        catch (SqliteException e)
        {
            folder.Dispose();
            throw new ServerStartException($"the database '{folder.In("sarsen.db")}' cannot be used: {e.Message}", e);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A connection to the database, for one piece of work; to be disposed of.</summary>
    public ServerDatabase OpenDatabase() => new(_database);

    internal async Task<Turn> TakeTurnAsync()
    {
        await _turns.WaitAsync();
        return new Turn(_turns);
    }

    public void Dispose() => _lock.Dispose();

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    // What is served is nobody else's business on a machine with many users.
    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException))
        {
            throw new ServerStartException(
                $"another process works on the data folder '{path}'{HolderOf(path)}: talk to it with --server where it is a server, wait for it or stop it, or name another folder (--data-folder)", e);
        }
    }

    private static string HolderOf(string path)
    {
        try
        {
            Holder? holder = JsonSerializer.Deserialize(File.ReadAllText(System.IO.Path.Combine(path, "holder.json")), StorageJson.Default.Holder);
            return holder is null ? "" : $" (process {holder.Pid}, {holder.Program})";
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
