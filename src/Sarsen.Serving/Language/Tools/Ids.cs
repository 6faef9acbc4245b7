using System.Security.Cryptography;

namespace Sarsen.Serving.Language.Tools;

/// <summary>Random letters and digits.</summary>
public static class Ids
{
    /// <summary>So many of them.</summary>
    public static string Random(int length) => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);
}
