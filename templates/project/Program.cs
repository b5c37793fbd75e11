using Reacher.Fast;
using Reacher.Fast.Core.Environments;

// dotnet run -c Release -- train            trains it; --help says how else
// dotnet run -c Release -- eval RUN         plays what was trained
return await ReacherFast.RunAsync(args, new EnvironmentCatalog
{
    ["point"] = agents => VectorEnvironment.Of(() => new PointTask(), agents),
});
