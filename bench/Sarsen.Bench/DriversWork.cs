namespace Sarsen.Bench;

/// <summary>Two trainings in one process: each makes twenty steps, at once on two threads, or one after the other.</summary>
internal sealed class DriversWork : Work
{
    private const int Steps = 20;

    private readonly TrainWork _first, _second;
    private readonly SemaphoreSlim _begin = new(0), _done = new(0);
    private readonly Thread? _driver;
    private volatile bool _stop;

    public DriversWork(Subject subject, int batch, bool atOnce)
    {
        (_first, _second) = (TrainWork.Of(subject, batch), TrainWork.Of(subject, batch));
        if (!atOnce)
            return;
        _driver = new Thread(Drive) { IsBackground = true, Name = "second driver" };
        _driver.Start();
    }

    /// <summary>Training steps.</summary>
    public override int Operations => 2 * Steps;

    public override void Run()
    {
        if (_driver is not null)
            _begin.Release();
        Make(_first);
        if (_driver is null)
            Make(_second);
        else
            _done.Wait();
    }

    private static void Make(TrainWork work)
    {
        for (int i = 0; i < Steps; i++)
            work.Run();
    }

    private void Drive()
    {
        for (_begin.Wait(); !_stop; _begin.Wait())
        {
            Make(_second);
            _done.Release();
        }
    }

    public override void Dispose()
    {
        _stop = true;
        _begin.Release();
        _driver?.Join();
        _first.Dispose();
        _second.Dispose();
    }
}
