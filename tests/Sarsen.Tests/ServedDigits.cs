namespace Sarsen.Tests;

/// <summary>A server with both trained models deployed, for the tests of a class.</summary>
public sealed class ServedDigits : IDisposable
{
    private readonly ServingProcess _server;

    public ServedDigits(TrainedModels models)
    {
        string data = $"served-{Guid.NewGuid():n}";
        _server = ServingProcess.Start(models.Folder, data, fresh: true);
        foreach (string name in new[] { "digits-cnn", "fruit" })
        {
            models.Run(["models", "register", name, $"runs/{name}", .. Options]).ShouldSucceed();
            models.Run(["deploy", name, "--max-delay-ms", "20", .. Options]).ShouldSucceed().Output.ShouldContain("ready");
        }
    }

    /// <summary>The options of a command that is to talk to it.</summary>
    public string[] Options => _server.Options;

    public Uri Url => _server.Url;

    public string Key => _server.Key!;

    public HttpClient NewHttp() => _server.NewHttp(Key);

    public void Dispose() => _server.Dispose();
}
