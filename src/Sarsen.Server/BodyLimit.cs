using Microsoft.AspNetCore.Http.Metadata;

namespace Sarsen.Server;

/// <summary>How many bytes an endpoint reads, before and after decompression.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
