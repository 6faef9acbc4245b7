using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sarsen.Server.Errors;

namespace Sarsen.Server;

/// <summary>A request's body in rented memory, decompressed, of at most as many bytes as the endpoint allows.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 4096;
    private byte[] _buffer;
    private int _length;

    private RequestBody(byte[] buffer) => _buffer = buffer;

    public ReadOnlySpan<byte> Bytes => Memory.Span;

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _length);

    /// <exception cref="RequestException">The body is encoded in a way that this server does not read, or not as it says, or too large.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext context, long maxBytes)
    {
        // The decompression before this has taken away the encodings that it knows.
        string? encoding = context.Request.Headers.ContentEncoding;
        if (!string.IsNullOrEmpty(encoding) && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, $"the content encoding is '{encoding}': gzip and deflate are read");
        long announced = context.Request.ContentLength ?? FirstBytes;
        var body = new RequestBody(ArrayPool<byte>.Shared.Rent((int)Math.Clamp(announced + 1, FirstBytes, Math.Min(maxBytes, 1 << 20) + 1)));
        try
        {
            while (true)
            {
                int read = await context.Request.Body.ReadAsync(body._buffer.AsMemory(body._length), context.RequestAborted);
                if (read == 0)
                    return body;
                body._length += read;
                if (body._length > maxBytes)
                    throw new RequestException(StatusCodes.Status413PayloadTooLarge, $"the body has more than {maxBytes} bytes: send fewer rows a request, or let the server take more");
                if (body._length == body._buffer.Length)
                    body.Grow();
            }
        }
        // What decompresses the body says so.
        catch (InvalidDataException e)
        {
            body.Dispose();
            throw RequestException.Invalid($"the body is not compressed as its content encoding says: {e.Message}", e);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
