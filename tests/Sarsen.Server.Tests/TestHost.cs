using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Sarsen.Server.Client;
using Sarsen.Server.Features.Deployments;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server.Tests;

/// <summary>A server on a free port of the loopback, with a folder of its own; the real thing but for the models.</summary>
public sealed class TestHost : IAsyncLifetime, IAsyncDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "sarsen-server-" + Guid.NewGuid().ToString("n"));
    private readonly SemaphoreSlim _sharing = new(1, 1);
    private string? _shared;
    private int _folders;

    internal TestPredictors Predictors { get; } = new();

    /// <summary>Loads language models; from their paths when null.</summary>
    public Func<ModelEntry, ServedModel>? LoadModel { get; set; }

    public SarsenServer Server { get; private set; } = null!;

    public string AdminKey { get; private set; } = "";

    public SarsenClient Client { get; private set; } = null!;

    /// <summary>With the admin key.</summary>
    public HttpClient Http { get; private set; } = null!;

    public string DataFolder => Path.Combine(_root, "data");

    public Func<ServerOptions, ServerOptions> Configure { get; set; } = o => o;

    public async Task InitializeAsync() => await StartAsync();

    public async Task StartAsync()
    {
        Server = SarsenServer.Build(Configure(new ServerOptions { DataFolder = DataFolder, Port = 0 }), Predictors, LoadModel);
        await Server.StartAsync();
        AdminKey = Server.FirstKey ?? AdminKey;
        Client = new SarsenClient(Server.Url, AdminKey);
        Http = NewHttp(AdminKey);
    }

    public HttpClient NewHttp(string? key)
    {
        var http = new HttpClient { BaseAddress = Server.Url };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    public async Task StopAsync()
    {
        Http?.Dispose();
        Client?.Dispose();
        await Server.DisposeAsync();
    }

    public string NewFolder() => Path.Combine(_root, $"model-{Interlocked.Increment(ref _folders)}");

    /// <summary>Registers a model and deploys it, both under a name of its own.</summary>
    public async Task<string> DeployAsync(string scale = "2", CreateDeployment? like = null)
    {
        string name = "m" + Guid.NewGuid().ToString("n")[..8];
        await Client.UploadAsync(name, TestPredictors.Write(NewFolder(), scale));
        await Client.DeployAsync((like ?? new CreateDeployment("", "")) with { Name = name, Model = name });
        (await Client.WaitUntilLoadedAsync(name)).State.ShouldBe("ready");
        return name;
    }

    /// <summary>A deployment of scale 2 for tests that leave no trace in it.</summary>
    public async Task<string> SharedAsync()
    {
        await _sharing.WaitAsync();
        try
        {
            return _shared ??= await DeployAsync();
        }
        finally
        {
            _sharing.Release();
        }
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Sends bytes over a socket and reads until the server closes it.</summary>
    public async Task<byte[]> ExchangeAsync(byte[] request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Server.Url.Host, Server.Url.Port);
        NetworkStream stream = socket.GetStream();
        await stream.WriteAsync(request);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return answer.ToArray();
    }

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await StopAsync();
        if (Directory.Exists(_root))
            Directory.Delete(_root, recursive: true);
    }
}
