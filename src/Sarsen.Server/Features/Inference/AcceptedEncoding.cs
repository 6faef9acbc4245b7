using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Sarsen.Server.Features.Inference;

/// <summary>Which compression a client takes: gzip, deflate (zlib, RFC 1950), or none (RFC 9110, section 12.5.3).</summary>
internal static class AcceptedEncoding
{
    private static readonly string[] Offered = ["gzip", "deflate"];

    public static string? Choose(StringValues header)
    {
        if (StringValues.IsNullOrEmpty(header) || !StringWithQualityHeaderValue.TryParseList(header, out var accepted))
            return null;
        string? best = null;
        double bestQuality = 0;
        foreach (string offer in Offered)
        {
            double quality = accepted.FirstOrDefault(a => a.Value.Equals(offer, StringComparison.OrdinalIgnoreCase)) is { } named
                ? named.Quality ?? 1
                : 0;
            if (quality > bestQuality)
                (best, bestQuality) = (offer, quality);
        }
        return best;
    }
}
