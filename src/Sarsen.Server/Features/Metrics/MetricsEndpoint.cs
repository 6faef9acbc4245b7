using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.OpenAi;
using Sarsen.Serving.Statistics;

namespace Sarsen.Server.Features.Metrics;

/// <summary><c>GET /metrics</c>: what the server counts, in Prometheus text.</summary>
internal static class MetricsEndpoint
{
    // Three digits at most: exact borders of the histogram below it.
    private static readonly double[] Limits =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private static readonly double[] Quantiles = [0.5, 0.95, 0.99];

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/metrics", (ServedDeployments deployments, LanguageModels models, HttpCounters http) =>
        {
            var text = new PrometheusText();
            WriteDeployments(text, deployments.All);
            LanguageMetrics.Write(text, models.Store);
            WriteHttp(text, http);
            WriteProcess(text);
            return TypedResults.Text(text.ToString(), PrometheusText.ContentType);
        }).WithTags("Metrics").WithSummary("Metrics in Prometheus text");

    private sealed record Row((string, string)[] Labels, ActiveVersion Active, IReadOnlyList<ServingStatistics> Each, ServingStatistics All);

    private static void WriteDeployments(PrometheusText text, IReadOnlyList<DeployedModel> deployments)
    {
        text.Family("sarsen_deployment_ready", "gauge", "Whether a version of the deployment's model serves.");
        foreach (DeployedModel d in deployments)
            text.Sample(d.Active is null ? 0 : 1, ("deployment", d.Settings.Name));

        Row[] rows = [.. deployments.Select(d => d.Active).OfType<ActiveVersion>().Select(RowOf)];
        Write(text, rows, "sarsen_deployment_replicas", "gauge", "Replicas at work.", r => r.Active.Replicas.Count);
        Write(text, rows, "sarsen_deployment_pending_requests", "gauge", "Requests that wait or run.", r => r.Active.Replicas.Pending);
        text.Family("sarsen_deployment_requests_total", "counter", "Requests by outcome, since the version was loaded.");
        foreach (Row row in rows)
        {
            text.Sample(row.All.Requests, [.. row.Labels, ("outcome", "answered")]);
            text.Sample(row.All.Failed.Count, [.. row.Labels, ("outcome", "failed")]);
            text.Sample(row.All.Rejected, [.. row.Labels, ("outcome", "rejected")]);
            text.Sample(row.All.Cancelled, [.. row.Labels, ("outcome", "cancelled")]);
        }
        Write(text, rows, "sarsen_deployment_rows_total", "counter", "Rows answered.", r => r.All.Rows);
        Write(text, rows, "sarsen_deployment_executions_total", "counter", "Batches run.", r => r.All.Run.Count);
        Write(text, rows, "sarsen_deployment_execution_seconds_total", "counter", "Time in the predictor.", r => r.All.Run.Total.TotalSeconds);
        Write(text, rows, "sarsen_deployment_queue_seconds_total", "counter", "Time that answered requests waited.", r => r.All.Queue.Total.TotalSeconds);
        Write(text, rows, "sarsen_deployment_batch_rows_mean", "gauge", "Rows a batch, on average.", r => r.All.MeanBatch);
        Write(text, rows, "sarsen_deployment_service_quality", "gauge",
            "Requests a second: the mean over the replicas of one by the mean seconds a request.", r => ServingStatistics.Quality(r.Each));

        text.Family("sarsen_deployment_request_duration_seconds", "histogram", "From the queue to the answer.");
        foreach (Row row in rows)
        {
            long[] counts = row.All.Latency.CumulativeCounts(Limits);
            for (int i = 0; i < Limits.Length; i++)
                text.Sample("_bucket", counts[i], [.. row.Labels, ("le", PrometheusText.Number(Limits[i]))]);
            text.Sample("_bucket", row.All.Requests, [.. row.Labels, ("le", "+Inf")]);
            text.Sample("_sum", row.All.Latency.TotalSeconds, row.Labels);
            text.Sample("_count", row.All.Requests, row.Labels);
        }
        text.Family("sarsen_deployment_latency_seconds", "summary", "The same times: their median, 95th and 99th percentile since the version was loaded.");
        foreach (Row row in rows)
        {
            foreach (double q in Quantiles)
                text.Sample(row.All.Latency.Quantile(q), [.. row.Labels, ("quantile", PrometheusText.Number(q))]);
            text.Sample("_sum", row.All.Latency.TotalSeconds, row.Labels);
            text.Sample("_count", row.All.Requests, row.Labels);
        }
    }

    private static Row RowOf(ActiveVersion active)
    {
        IReadOnlyList<ServingStatistics> each = active.Replicas.Statistics;
        (string, string)[] labels =
        [
            ("deployment", active.Settings.Name), ("model", active.Settings.Model),
            ("version", active.Settings.Version.ToString(CultureInfo.InvariantCulture)),
        ];
        return new Row(labels, active, each, ServingStatistics.Sum(each));
    }

    private static void Write(PrometheusText text, Row[] rows, string name, string type, string help, Func<Row, double> value)
    {
        text.Family(name, type, help);
        foreach (Row row in rows)
            text.Sample(value(row), row.Labels);
    }

    private static void WriteHttp(PrometheusText text, HttpCounters http)
    {
        text.Family("sarsen_http_requests_total", "counter", "HTTP answers by method and status.");
        foreach ((string method, int status, long count) in http.All)
            text.Sample(count, ("method", method), ("code", status.ToString(CultureInfo.InvariantCulture)));
    }

    private static void WriteProcess(PrometheusText text)
    {
        using var self = Process.GetCurrentProcess();
        text.Family("sarsen_build_info", "gauge", "Always 1; the version is a label.");
        text.Sample(1, ("version", SarsenServer.Version));
        text.Family("process_cpu_seconds_total", "counter", "Processor time used.");
        text.Sample(self.TotalProcessorTime.TotalSeconds);
        text.Family("process_resident_memory_bytes", "gauge", "Memory in use.");
        text.Sample(self.WorkingSet64);
        text.Family("process_start_time_seconds", "gauge", "When the process began, in Unix time.");
        text.Sample((self.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
        text.Family("process_threads", "gauge", "Threads of the process.");
        text.Sample(self.Threads.Count);
        text.Family("dotnet_gc_heap_size_bytes", "gauge", "Managed memory, as of the last collection.");
        text.Sample(GC.GetGCMemoryInfo().HeapSizeBytes);
    }
}
