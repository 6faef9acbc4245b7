using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Health;
using Sarsen.Server.Features.Inference;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Metrics;
using Sarsen.Server.Features.Models;
using Sarsen.Server.Features.OpenAi;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Server.Storage;
using Sarsen.Serving;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server;

/// <summary>
/// The service: registry, deployments, keys, prediction over HTTP. Built on a data folder, which it holds until it is
/// disposed of.
/// </summary>
public sealed class SarsenServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DataFolder _folder;
    private readonly ServerOptions _options;
    private int _stopped;

    private SarsenServer(WebApplication app, DataFolder folder, ServerOptions options) => (_app, _folder, _options) = (app, folder, options);

    public static string Version { get; } =
        typeof(SarsenServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Where it listens, once it has started.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>The first admin key, where this start made it: to be shown to the operator, once. Else null.</summary>
    public string? FirstKey { get; private set; }

    /// <summary>Ends when the process is asked to end, or the server has stopped.</summary>
    public Task Stopping => Task.Delay(Timeout.Infinite, _app.Lifetime.ApplicationStopping).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>Takes the data folder and puts the server together; <see cref="StartAsync"/> lets it listen.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="predictors">Makes predictors of the folders of registered models.</param>
    /// <param name="loadModel">Loads language models; from what is at their paths when null.</param>
    /// <exception cref="ServerStartException">The data folder is held by another server, or cannot be used.</exception>
    public static SarsenServer Build(ServerOptions options, IPredictorFactory predictors, Func<ModelEntry, ServedModel>? loadModel = null)
    {
        LanguageModels models = NewLanguageModels(options, loadModel);
        DataFolder folder = DataFolder.Open(options.DataFolder);
        try
        {
            WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Sarsen.Server" });
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 1 << 20;
                kestrel.Listen(options.Address, options.Port);
            });
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
                // It repeats at length what StartAsync throws.
                .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
            builder.Services.AddSingleton(options).AddSingleton(folder).AddSingleton(predictors)
                .AddSingleton(new KeyStore(folder, options.Time))
                .AddSingleton(new ModelRegistry(folder, options.Time, options.MaxModelBytes))
                .AddSingleton(new DeploymentStore(folder, options.Time))
                .AddSingleton(models).AddSingleton<ServedDeployments>().AddSingleton<HttpCounters>().AddHostedService<KeyFlush>();
            builder.Services.AddRouting().AddRequestDecompression(decompression => decompression.DecompressionProviders.Remove("br")).AddOpenApi("v1");
            builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
            builder.Services.ConfigureHttpJsonOptions(json => JsonContexts.AddTo(json.SerializerOptions));

            WebApplication app = builder.Build();
            app.Use(next => context => context.RequestServices.GetRequiredService<HttpCounters>().CountAsync(context, next));
            app.UseMiddleware<ErrorMiddleware>();
            app.UseRouting();
            app.UseMiddleware<OpenAiHeaders>();
            app.UseMiddleware<KeyMiddleware>();
            app.UseRequestDecompression();

            HealthEndpoints.Map(app);
            OipEndpoints.Map(app, options);
            OpenAiEndpoints.Map(app, options);
            ModelEndpoints.Map(app, options);
            DeploymentEndpoints.Map(app, options);
            KeyEndpoints.Map(app);
            MetricsEndpoint.Map(app);
            app.MapOpenApi("/openapi/{documentName}.json");
            return new SarsenServer(app, folder, options);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Listens, and loads what is deployed.</summary>
    /// <exception cref="ServerStartException">The port is taken, or may not be used.</exception>
    public async Task StartAsync(CancellationToken stop = default)
    {
        await _app.Services.GetRequiredService<ServedDeployments>().StartAsync();
        try
        {
            await _app.StartAsync(stop);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            throw new ServerStartException($"port {_options.Port} of {_options.Address} is in use by another program: stop that, or choose another port (--port)", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new ServerStartException($"cannot listen on {new IPEndPoint(_options.Address, _options.Port)}: {e.Message}. Ports below 1024 need rights, and the address must be one of this machine", e);
        }
        string address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Url = new Uri(address);
        FirstKey = await _app.Services.GetRequiredService<KeyStore>().CreateFirstAsync();
    }

    /// <summary>Takes no more requests, answers those that are there, and gives the data folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        await _app.StopAsync();
        await _app.Services.GetRequiredService<ServedDeployments>().StopAsync();
        await _app.Services.GetRequiredService<LanguageModels>().Store.DisposeAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static LanguageModels NewLanguageModels(ServerOptions options, Func<ModelEntry, ServedModel>? load)
    {
        try
        {
            return new LanguageModels(new ModelStore<ServedModel>(
                options.LanguageModels, load ?? (entry => ServedModel.Open(entry, options.Engine, options.Time)), m => m.Bytes, options.ModelStore, options.Time));
        }
        catch (ArgumentException e)
        {
            throw new ServerStartException(e.Message, e);
        }
    }
}
