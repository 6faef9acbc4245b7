using System.Security.Cryptography;
using System.Text;
using Sarsen.Data;
using Sarsen.Data.Sources;

namespace Sarsen.Training.Runs;

/// <summary>SHA-256 over the names and contents of all files that a run's data comes from: its lineage.</summary>
public static class DataChecksum
{
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(DataSpec data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (DataSource source in new[] { data.Source, data.Validation, data.Test }.OfType<DataSource>())
        {
            foreach (string path in source.Files())
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(path) + "\n"));
                using FileStream file = File.OpenRead(path);
                hash.AppendData(SHA256.HashData(file));
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
