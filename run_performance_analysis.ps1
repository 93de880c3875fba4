<#
.SYNOPSIS
    Measures the player and writes performance_report.md.
.DESCRIPTION
    Runs `cargo xtask perf` at the root of the project, from whatever folder it is called.
    Exits with 0 when everything asked for is done, 1 when something failed, 2 on wrong usage.
.PARAMETER All
    Benchmarks, live sessions and the report. The same as no switch at all.
.PARAMETER RunBenchmarks
    Benchmarks only; their results are kept for the report.
.PARAMETER GenerateReport
    Write the report from what was measured last.
.PARAMETER Compare
    Say in the report what has changed since the run before.
.PARAMETER Full
    All of criterion's samples in the release build, and ten minutes under load.
.PARAMETER Seconds
    Length of a live session.
.PARAMETER Help
    Show this help.
.EXAMPLE
    ./run_performance_analysis.ps1 -All -Compare
#>
[CmdletBinding()]
param(
    [switch]$All,
    [switch]$RunBenchmarks,
    [switch]$GenerateReport,
    [switch]$Compare,
    [switch]$Full,
    [int]$Seconds = 0,
    [switch]$Help,
    [Parameter(ValueFromRemainingArguments = $true)]
    [string[]]$Unknown
)

$ErrorActionPreference = 'Stop'

if ($Help) {
    Get-Help -Detailed $PSCommandPath
    exit 0
}
if ($Unknown) {
    [Console]::Error.WriteLine("unknown argument: $Unknown; -Help lists all")
    exit 2
}
if (-not (Get-Command cargo -ErrorAction SilentlyContinue)) {
    [Console]::Error.WriteLine('cargo is not on the search path: see https://rustup.rs')
    exit 1
}

$Words = @('xtask', 'perf')
if ($All) { $Words += '--all' }
if ($RunBenchmarks) { $Words += '--run-benchmarks' }
if ($GenerateReport) { $Words += '--generate-report' }
if ($Compare) { $Words += '--compare' }
if ($Full) { $Words += '--full' }
if ($Seconds -gt 0) { $Words += @('--seconds', "$Seconds") }

# What cargo writes to standard error is not an error here: its exit code is what counts.
$ErrorActionPreference = 'Continue'
Push-Location -LiteralPath $PSScriptRoot
try {
    & cargo @Words
    $Code = $LASTEXITCODE
}
finally {
    Pop-Location
}
exit $Code
