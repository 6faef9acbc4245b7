using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.Models;

namespace Sarsen.Server.Client;

/// <summary>
/// Talks to a server's own REST. Every method throws <see cref="ServerRefusalException"/> with the server's words where it
/// refuses, and <see cref="HttpRequestException"/> where it cannot be reached.
/// </summary>
public sealed class SarsenClient : IDisposable
{
    private readonly HttpClient _http;

    /// <param name="server">Where the server listens: <c>http://127.0.0.1:8000</c>.</param>
    /// <param name="key">An API key; null for what needs none.</param>
    public SarsenClient(Uri server, string? key)
    {
        // Uploads and first predictions may take long; the caller's token ends them.
        _http = new HttpClient { BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Whether the server has loaded its deployments.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken stop = default)
    {
        using HttpResponseMessage response = await _http.GetAsync("v2/health/ready", stop);
        return response.IsSuccessStatusCode;
    }

    public async Task<IReadOnlyList<ModelView>> ListModelsAsync(CancellationToken stop = default) =>
        (await SendAsync(HttpMethod.Get, "v1/registry/models", null, ModelJson.Default.ModelList, stop)).Models;

    public Task<ModelView> GetModelAsync(string name, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Get, $"v1/registry/models/{Escape(name)}", null, ModelJson.Default.ModelView, stop);

    /// <param name="name">The model.</param>
    /// <param name="version">A number, an alias or latest.</param>
    /// <param name="stop">Gives up.</param>
    public Task<ModelVersionView> GetVersionAsync(string name, string version, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Get, $"v1/registry/models/{Escape(name)}/versions/{Escape(version)}", null, ModelJson.Default.ModelVersionView, stop);

    /// <summary>Registers a model's folder as the next version of a model.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public Task<ModelVersionView> UploadAsync(string name, string folder, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Post, $"v1/registry/models/{Escape(name)}/versions", new FolderContent(folder), ModelJson.Default.ModelVersionView, stop);

    public Task DeleteModelAsync(string name, CancellationToken stop = default) => DeleteAsync($"v1/registry/models/{Escape(name)}", stop);

    public Task DeleteVersionAsync(string name, int version, CancellationToken stop = default) => DeleteAsync($"v1/registry/models/{Escape(name)}/versions/{version}", stop);

    public Task<AliasView> SetAliasAsync(string name, string alias, string version, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Put, $"v1/registry/models/{Escape(name)}/aliases/{Escape(alias)}", JsonContent.Create(new SetAlias(version), ModelJson.Default.SetAlias), ModelJson.Default.AliasView, stop);

    public Task DeleteAliasAsync(string name, string alias, CancellationToken stop = default) => DeleteAsync($"v1/registry/models/{Escape(name)}/aliases/{Escape(alias)}", stop);

    public async Task<IReadOnlyList<DeploymentView>> ListDeploymentsAsync(CancellationToken stop = default) =>
        (await SendAsync(HttpMethod.Get, "v1/deployments", null, DeploymentJson.Default.DeploymentList, stop)).Deployments;

    public Task<DeploymentView> GetDeploymentAsync(string name, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Get, $"v1/deployments/{Escape(name)}", null, DeploymentJson.Default.DeploymentView, stop);

    /// <summary>Begins a deployment; <see cref="WaitUntilLoadedAsync"/> sees its end.</summary>
    public Task<DeploymentView> DeployAsync(CreateDeployment request, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Post, "v1/deployments", JsonContent.Create(request, DeploymentJson.Default.CreateDeployment), DeploymentJson.Default.DeploymentView, stop);

    /// <summary>Begins a change; <see cref="WaitUntilLoadedAsync"/> sees its end.</summary>
    public Task<DeploymentView> UpdateDeploymentAsync(string name, UpdateDeployment request, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Patch, $"v1/deployments/{Escape(name)}", JsonContent.Create(request, DeploymentJson.Default.UpdateDeployment), DeploymentJson.Default.DeploymentView, stop);

    /// <summary>Reads a deployment until it is ready or has failed.</summary>
    public async Task<DeploymentView> WaitUntilLoadedAsync(string name, CancellationToken stop = default)
    {
        while (true)
        {
            DeploymentView view = await GetDeploymentAsync(name, stop);
            if (view.State is not ("loading" or "updating"))
                return view;
            await Task.Delay(TimeSpan.FromMilliseconds(50), stop);
        }
    }

    public Task DeleteDeploymentAsync(string name, CancellationToken stop = default) => DeleteAsync($"v1/deployments/{Escape(name)}", stop);

    /// <summary>Predicts for rows of raw values.</summary>
    /// <param name="name">The deployment.</param>
    /// <param name="rows">Objects of field names and values.</param>
    /// <param name="stop">Gives up.</param>
    public Task<PredictResponse> PredictAsync(string name, JsonArray rows, CancellationToken stop = default)
    {
        var body = new JsonObject { ["rows"] = rows.DeepClone() };
        return SendAsync(HttpMethod.Post, $"v1/deployments/{Escape(name)}/predict",
            new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json")), PredictJson.Default.PredictResponse, stop);
    }

    public async Task<IReadOnlyList<KeyView>> ListKeysAsync(CancellationToken stop = default) =>
        (await SendAsync(HttpMethod.Get, "v1/keys", null, KeyJson.Default.KeyList, stop)).Keys;

    /// <summary>Makes a key; its text is in the answer, and nowhere else.</summary>
    public Task<KeyView> CreateKeyAsync(CreateKey request, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Post, "v1/keys", JsonContent.Create(request, KeyJson.Default.CreateKey), KeyJson.Default.KeyView, stop);

    public Task<KeyView> RevokeKeyAsync(string id, CancellationToken stop = default) =>
        SendAsync(HttpMethod.Delete, $"v1/keys/{Escape(id)}", null, KeyJson.Default.KeyView, stop);

    public void Dispose() => _http.Dispose();

    private static string Escape(string part) => Uri.EscapeDataString(part);

    private async Task DeleteAsync(string path, CancellationToken stop)
    {
        using HttpResponseMessage response = await _http.DeleteAsync(path, stop);
        await RequireSuccessAsync(response, stop);
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using HttpResponseMessage response = await _http.SendAsync(request, stop);
        await RequireSuccessAsync(response, stop);
        return await response.Content.ReadFromJsonAsync(type, stop) ?? throw new HttpRequestException($"{method} {path}: the server answered null");
    }

    private static async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken stop)
    {
        if (response.IsSuccessStatusCode)
            return;
        string text = await response.Content.ReadAsStringAsync(stop);
        Problem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(text, ErrorJson.Default.Problem);
        }
        catch (JsonException)
        {
            // Something between here and the server answered in its own way.
        }
        throw new ServerRefusalException(response.StatusCode, problem?.Detail ?? $"the server answered {(int)response.StatusCode}: {text[..Math.Min(text.Length, 200)]}", problem?.Row, problem?.Field);
    }
}
