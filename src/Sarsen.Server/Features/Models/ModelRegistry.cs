using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Server.Errors;
using Sarsen.Server.Storage;
using Sarsen.Serving;

namespace Sarsen.Server.Features.Models;

/// <summary>
/// Registered models: files in the data folder, rows in the database. A version comes in three steps, each whole or not
/// at all: its files are written to <c>incoming/</c>, the folder gets its name below <c>models/</c>, the row is committed.
/// A process that is killed leaves files without a row, which <see cref="RemoveLeftovers"/> removes at the next start.
/// </summary>
public sealed class ModelRegistry
{
    /// <summary>Stands for the highest version.</summary>
    public const string Latest = "latest";

    private const string SpecFile = "spec.yaml";
    private const long MaxSpecBytes = 1 << 20;

    private readonly DataFolder _folder;
    private readonly TimeProvider _time;
    private readonly long _maxBytes;

    /// <param name="folder">Where everything is kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maxBytes">Bytes of a model, at most.</param>
    public ModelRegistry(DataFolder folder, TimeProvider time, long maxBytes = long.MaxValue)
    {
        (_folder, _time, _maxBytes) = (folder, time, maxBytes);
        RemoveLeftovers();
    }

    /// <summary>Registers a copy of a model's folder as the next version.</summary>
    /// <exception cref="RequestException">The folder holds no model.</exception>
    public Task<ModelVersion> ImportAsync(string name, string folder, CancellationToken stop = default) =>
        Directory.Exists(folder)
            ? TakeInAsync(name, intake => intake.CopyAsync(folder, stop))
            : throw RequestException.Invalid($"there is no folder '{folder}'");

    /// <summary>Registers the files of a tar archive as the next version.</summary>
    /// <exception cref="RequestException">The archive holds no model.</exception>
    public Task<ModelVersion> ImportAsync(string name, Stream archive, CancellationToken stop = default) =>
        TakeInAsync(name, intake => intake.UnpackAsync(archive, stop));

    public async Task<List<Model>> ListAsync()
    {
        using ServerDatabase database = _folder.OpenDatabase();
        return await database.Models.AsNoTracking().OrderBy(m => m.Name).ToListAsync();
    }

    /// <summary>A model's versions, ascending, and its aliases.</summary>
    /// <exception cref="RequestException">There is no such model.</exception>
    public async Task<(Model Model, List<ModelVersion> Versions, List<ModelAlias> Aliases)> GetAsync(string name)
    {
        using ServerDatabase database = _folder.OpenDatabase();
        Model model = await database.Models.AsNoTracking().SingleOrDefaultAsync(m => m.Name == name) ?? throw NoModel(name);
        return (model,
            await database.Versions.AsNoTracking().Where(v => v.Model == name).OrderBy(v => v.Version).ToListAsync(),
            await database.Aliases.AsNoTracking().Where(a => a.Model == name).OrderBy(a => a.Alias).ToListAsync());
    }

    /// <param name="name">The model.</param>
    /// <param name="version">A number, an alias, <see cref="Latest"/>, or null for that.</param>
    /// <exception cref="RequestException">There is no such version.</exception>
    public async Task<ModelVersion> GetVersionAsync(string name, string? version)
    {
        using ServerDatabase database = _folder.OpenDatabase();
        return await FindVersionAsync(database, name, version);
    }

    /// <summary>Points an alias to a version, moving it where it is.</summary>
    /// <param name="version">As at <see cref="GetVersionAsync"/>.</param>
    /// <param name="name">The model.</param>
    /// <param name="alias">The alias; not a number, and not <see cref="Latest"/>.</param>
    /// <exception cref="RequestException">There is no such version, or the alias cannot be one.</exception>
    public async Task<ModelAlias> SetAliasAsync(string name, string alias, string version)
    {
        ResourceName.Check(alias, "alias");
        if (alias == Latest || alias.All(char.IsAsciiDigit))
            throw RequestException.Invalid($"'{alias}' cannot be an alias: it already means a version");
        await using Turn turn = await _folder.TakeTurnAsync();
        using ServerDatabase database = _folder.OpenDatabase();
        ModelVersion target = await FindVersionAsync(database, name, version);
        ModelAlias? row = await database.Aliases.FindAsync(name, alias);
        if (row is null)
            database.Aliases.Add(row = new ModelAlias { Model = name, Alias = alias, Version = target.Version });
        row.Version = target.Version;
        await database.SaveChangesAsync();
        return row;
    }

    /// <exception cref="RequestException">There is no such alias.</exception>
    public async Task DeleteAliasAsync(string name, string alias)
    {
        using ServerDatabase database = _folder.OpenDatabase();
        if (await database.Aliases.Where(a => a.Model == name && a.Alias == alias).ExecuteDeleteAsync() == 0)
            throw RequestException.NotFound($"the model '{name}' has no alias '{alias}'");
    }

    /// <summary>Removes a version, with the aliases that point to it.</summary>
    /// <exception cref="RequestException">There is no such version, or it is deployed.</exception>
    public async Task DeleteVersionAsync(string name, int version)
    {
        await using Turn turn = await _folder.TakeTurnAsync();
        using ServerDatabase database = _folder.OpenDatabase();
        ModelVersion row = await FindVersionAsync(database, name, version.ToString(CultureInfo.InvariantCulture));
        await RequireUndeployedAsync(database, name, version);
        database.Versions.Attach(row);
        database.Versions.Remove(row);
        await database.SaveChangesAsync();
        Discard(FolderOf(name, version));
    }

    /// <summary>Removes a model with all versions and aliases.</summary>
    /// <exception cref="RequestException">There is no such model, or a version is deployed.</exception>
    public async Task DeleteAsync(string name)
    {
        await using Turn turn = await _folder.TakeTurnAsync();
        using ServerDatabase database = _folder.OpenDatabase();
        Model row = await database.Models.FindAsync(name) ?? throw NoModel(name);
        await RequireUndeployedAsync(database, name, null);
        database.Models.Remove(row);
        await database.SaveChangesAsync();
        Discard(Path.Combine(_folder.Models, name));
    }

    /// <summary>The folder of a version, after its files were compared with what was registered.</summary>
    /// <exception cref="ModelLoadException">A file is missing or changed, or one is there that was not.</exception>
    public string Verify(ModelVersion version)
    {
        string folder = FolderOf(version.Model, version.Version);
        string what = $"version {version.Version} of the model '{version.Model}'";
        if (!Directory.Exists(folder))
            throw new ModelLoadException($"the files of {what} are gone: '{folder}' is not there. Register the model again");
        foreach (ModelFile file in version.Files)
        {
            string path = Path.Combine(folder, file.Path);
            if (!File.Exists(path))
                throw new ModelLoadException($"the file '{file.Path}' of {what} is gone from '{folder}': restore it from a backup, or register the model again");
            using FileStream stream = File.OpenRead(path);
            string found = Convert.ToHexStringLower(SHA256.HashData(stream));
            if (found != file.Sha256)
                throw new ModelLoadException($"the file '{file.Path}' of {what} has changed since it was registered (SHA-256 {found[..12]}…, it was {file.Sha256[..12]}…): restore it from a backup, or register the model again");
        }
        int files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count();
        if (files != version.Files.Count)
            throw new ModelLoadException($"'{folder}' holds {files} files, {what} was registered with {version.Files.Count}: remove what does not belong there");
        return folder;
    }

    internal static async Task<ModelVersion> FindVersionAsync(ServerDatabase database, string name, string? version)
    {
        IQueryable<ModelVersion> versions = database.Versions.AsNoTracking().Where(v => v.Model == name);
        if (version is null or Latest)
        {
            return await versions.OrderByDescending(v => v.Version).FirstOrDefaultAsync()
                ?? throw (await database.Models.AnyAsync(m => m.Name == name) ? RequestException.NotFound($"the model '{name}' has no version") : NoModel(name));
        }
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            number = (await database.Aliases.AsNoTracking().SingleOrDefaultAsync(a => a.Model == name && a.Alias == version))?.Version ?? 0;
        return await versions.SingleOrDefaultAsync(v => v.Version == number)
            ?? throw (await database.Models.AnyAsync(m => m.Name == name) ? RequestException.NotFound($"the model '{name}' has no version and no alias '{version}'") : NoModel(name));
    }

    private static RequestException NoModel(string name) => RequestException.NotFound($"there is no model '{name}'");

    private static async Task RequireUndeployedAsync(ServerDatabase database, string name, int? version)
    {
        string? user = await database.Deployments.Where(d => d.Model == name && (version == null || d.Version == version)).Select(d => d.Name).FirstOrDefaultAsync();
        if (user is not null)
            throw RequestException.Conflict($"the model '{name}' is deployed as '{user}': delete that deployment, or give it another version, first");
    }

    private async Task<ModelVersion> TakeInAsync(string name, Func<ModelIntake, Task<List<ModelFile>>> take)
    {
        ResourceName.Check(name, "model");
        string incoming = Path.Combine(_folder.Incoming, Guid.NewGuid().ToString("n"));
        try
        {
            List<ModelFile> files = await take(new ModelIntake(incoming, _maxBytes));
            ModelManifest manifest;
            try
            {
                manifest = ModelFolder.ReadManifest(incoming);
            }
            catch (ModelFormatException e)
            {
                throw RequestException.Invalid(e.Message.Replace(incoming + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), e);
            }
            return await RegisterAsync(name, incoming, files, manifest);
        }
        finally
        {
            if (Directory.Exists(incoming))
                Directory.Delete(incoming, recursive: true);
        }
    }

    private async Task<ModelVersion> RegisterAsync(string name, string incoming, List<ModelFile> files, ModelManifest manifest)
    {
        await using Turn turn = await _folder.TakeTurnAsync();
        using ServerDatabase database = _folder.OpenDatabase();
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        Model? model = await database.Models.FindAsync(name);
        if (model is null)
            database.Models.Add(model = new Model { Name = name, CreatedUnixMs = now });
        var version = new ModelVersion
        {
            Model = name,
            Version = ++model.LastVersion,
            CreatedUnixMs = now,
            TrainedUnixMs = manifest.CreatedUnixMs,
            RunId = manifest.RunId,
            Spec = ReadSpec(incoming),
            DataChecksum = manifest.DataChecksum,
            Seed = manifest.Seed?.ToString(CultureInfo.InvariantCulture),
            Sarsen = manifest.Sarsen,
            Numerics = manifest.Numerics,
            Metrics = new Dictionary<string, double>(manifest.Metrics),
            Files = files,
        };
        database.Versions.Add(version);
        string target = FolderOf(name, version.Version);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        // Of a registration whose row could not be committed.
        Discard(target);
        AtomicFile.MoveFolder(incoming, target);
        await database.SaveChangesAsync();
        return version;
    }

    private static string? ReadSpec(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, SpecFile));
        return !file.Exists ? null
            : file.Length <= MaxSpecBytes ? File.ReadAllText(file.FullName)
            : throw RequestException.Invalid($"'{SpecFile}' has {file.Length} bytes: a spec of more than {MaxSpecBytes} is none");
    }

    private void RemoveLeftovers()
    {
        using ServerDatabase database = _folder.OpenDatabase();
        HashSet<(string, string)> known = [.. database.Versions.Select(v => new { v.Model, v.Version }).AsEnumerable()
            .Select(v => (v.Model, v.Version.ToString(CultureInfo.InvariantCulture)))];
        foreach (string model in Directory.GetDirectories(_folder.Models))
        {
            string name = Path.GetFileName(model);
            foreach (string version in Directory.GetDirectories(model))
            {
                if (!known.Contains((name, Path.GetFileName(version))))
                    Discard(version);
            }
            if (!Directory.EnumerateFileSystemEntries(model).Any())
                Directory.Delete(model);
        }
    }

    private string FolderOf(string name, int version) => Path.Combine(_folder.Models, name, version.ToString(CultureInfo.InvariantCulture));

    // Moved away in one step first, so that no half of a folder is ever found under a model's name.
    private void Discard(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        string trash = Path.Combine(_folder.Trash, Guid.NewGuid().ToString("n"));
        Directory.Move(folder, trash);
        Directory.Delete(trash, recursive: true);
    }
}
