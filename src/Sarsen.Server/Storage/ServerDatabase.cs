using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Models;

namespace Sarsen.Server.Storage;

/// <summary>What the server remembers. Times are Unix milliseconds. Nothing here is touched by a prediction.</summary>
public sealed class ServerDatabase(DbContextOptions<ServerDatabase> options) : DbContext(options)
{
    /// <summary>Counted up where a table changes.</summary>
    public const int SchemaVersion = 1;

    public DbSet<ApiKey> Keys => Set<ApiKey>();

    public DbSet<Model> Models => Set<Model>();

    public DbSet<ModelVersion> Versions => Set<ModelVersion>();

    public DbSet<ModelAlias> Aliases => Set<ModelAlias>();

    public DbSet<Deployment> Deployments => Set<Deployment>();

    /// <summary>Makes the tables where there are none.</summary>
    /// <exception cref="ServerStartException">The tables are those of another version.</exception>
    internal void Prepare(string folder)
    {
        int version = Database.SqlQueryRaw<int>("SELECT user_version AS Value FROM pragma_user_version").Single();
        if (version is not 0 and not SchemaVersion)
            throw new ServerStartException($"the data folder '{folder}' is of version {version}, this program works with version {SchemaVersion}: use the program that made it, or another folder");
        // A process that was killed in between left no version, and tables that are all there or not: one transaction makes them.
        Database.EnsureCreated();
        Database.ExecuteSqlRaw($"PRAGMA user_version = {SchemaVersion}");
        Database.ExecuteSqlRaw("PRAGMA journal_mode = WAL");
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<ApiKey>().HasKey(k => k.Id);
        model.Entity<ApiKey>().HasIndex(k => k.Hash).IsUnique();
        model.Entity<ApiKey>().Property(k => k.Role).HasConversion<string>();
        model.Entity<Model>().HasKey(m => m.Name);
        model.Entity<ModelVersion>().HasKey(v => new { v.Model, v.Version });
        model.Entity<ModelVersion>().Property(v => v.Metrics).HasConversion(Json(StorageJson.Default.DictionaryStringDouble));
        model.Entity<ModelVersion>().Property(v => v.Files).HasConversion(Json(StorageJson.Default.ListModelFile));
        model.Entity<ModelVersion>().HasOne<Model>().WithMany().HasForeignKey(v => v.Model).OnDelete(DeleteBehavior.Cascade);
        model.Entity<ModelAlias>().HasKey(a => new { a.Model, a.Alias });
        model.Entity<ModelAlias>().HasOne<ModelVersion>().WithMany().HasForeignKey(a => new { a.Model, a.Version }).OnDelete(DeleteBehavior.Cascade);
        model.Entity<Deployment>().HasKey(d => d.Name);
        model.Entity<Deployment>().HasOne<ModelVersion>().WithMany().HasForeignKey(d => new { d.Model, d.Version }).OnDelete(DeleteBehavior.Restrict);
    }

    private static ValueConverter<T, string> Json<T>(JsonTypeInfo<T> type) =>
        new(value => JsonSerializer.Serialize(value, type), text => JsonSerializer.Deserialize(text, type)!);
}
