using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Sarsen.Server.Features.Metrics;

/// <summary>Counts the answers by method and status.</summary>
internal sealed class HttpCounters
{
    private readonly ConcurrentDictionary<(string Method, int Status), StrongCount> _counts = [];

    public IEnumerable<(string Method, int Status, long Count)> All =>
        _counts.Select(c => (c.Key.Method, c.Key.Status, c.Value.Read())).OrderBy(c => c.Method, StringComparer.Ordinal).ThenBy(c => c.Status);

    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        string method = context.Request.Method;
        // Methods are clients' texts: those that are none would each be a series of their own.
        if (method is not ("GET" or "POST" or "PUT" or "PATCH" or "DELETE" or "HEAD" or "OPTIONS"))
            method = "other";
        _counts.GetOrAdd((method, context.Response.StatusCode), static _ => new StrongCount()).Add();
    }

    private sealed class StrongCount
    {
        private long _count;

        public void Add() => Interlocked.Increment(ref _count);

        public long Read() => Interlocked.Read(ref _count);
    }
}
