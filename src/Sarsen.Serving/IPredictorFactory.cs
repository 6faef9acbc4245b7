namespace Sarsen.Serving;

/// <summary>Makes predictors of model folders.</summary>
public interface IPredictorFactory
{
    /// <summary>Loads one replica.</summary>
    /// <param name="folder">The model's folder. It is not changed, and stays while the predictor lives.</param>
    /// <param name="name">The name in the predictor's <see cref="PredictorInfo"/>.</param>
    /// <param name="version">The version there.</param>
    /// <exception cref="ModelLoadException">The folder holds no model, a damaged one, or one that this program cannot run.</exception>
    IPredictor Load(string folder, string name, string version);
}
