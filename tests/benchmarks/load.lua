-- How does a crowd of signed-in people ask? Driven by wrk, the same for both sides (see load.py).
--
-- Arguments: KIND SESSIONS FIRST COUNT THREADS PATH LEAST
-- Each thread has its own share of the sessions FIRST … FIRST + COUNT - 1 and takes them in turn. KIND is get, post (a
-- card), rush (the card opened, then sent) or login. An answer shorter than LEAST bytes counts as wrong: a redirect to
-- the log-in would otherwise look quick. In the rush each request has a connection of its own, as nginx makes them.

local TOKEN = string.rep("a", 32)
local GRADES = {"excellent", "good", "fair", "passable", "weak"}
local DIMENSIONS = {"thought", "study", "life", "work", "conduct"}
local threads = {}

function setup(thread)
  thread:set("place", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  kind, path, least = arguments[1], arguments[6], tonumber(arguments[7])
  local first, count, shares = tonumber(arguments[3]), tonumber(arguments[4]), tonumber(arguments[5])
  keys, turn, wrong, filed = {}, 0, 0, 0
  local number = 0
  for key in io.lines(arguments[2]) do
    if number >= first and number < first + count and number % shares == place then table.insert(keys, key) end
    number = number + 1
  end
end

local function headers(key)
  return {
    ["Connection"] = kind == "rush" and "close" or "keep-alive",
    ["X-Forwarded-Proto"] = "https", ["Origin"] = "https://" .. wrk.host .. ":" .. wrk.port,
    ["Accept"] = "text/html",
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = "csrftoken=" .. TOKEN .. (key and "; sessionid=" .. key or ""),
  }
end

local function card(lap, number)
  local parts = {"csrfmiddlewaretoken=" .. TOKEN, "version=" .. lap, "page=" .. string.format("%016x", number), "step=1"}
  for index, name in ipairs(DIMENSIONS) do
    table.insert(parts, name .. "=" .. GRADES[(number + lap + index) % #GRADES + 1] .. "&" .. name .. "_note=")
  end
  parts[#parts] = parts[#parts] .. "%E5%8F%82%E5%8A%A0%E4%BA%86%E4%B8%A4%E6%AC%A1%E5%BF%97%E6%84%BF%E6%9C%8D%E5%8A%A1"
  return table.concat(parts, "&")
end

function request()
  local step = turn
  turn = turn + 1
  local opens = kind == "get"
  if kind == "rush" then
    opens = step % 2 == 0
    step = math.floor(step / 2)
  end
  local number, lap = step % #keys, math.floor(step / #keys)
  local key = keys[number + 1]
  if kind == "login" then
    local fields = "csrfmiddlewaretoken=" .. TOKEN .. "&number=" .. key .. "&username=" .. key
    return wrk.format("POST", path, headers(), fields .. "&password=branch-demo-2026")
  end
  if opens then return wrk.format("GET", path, headers(key)) end
  return wrk.format("POST", path, headers(key), card(lap, number))
end

function response(status, answer, body)
  if status == 302 then filed = filed + 1 end
  if kind == "get" and (status ~= 200 or #body < least) then wrong = wrong + 1 end
  if kind ~= "get" and status ~= 302 and not (kind == "rush" and status == 200) then wrong = wrong + 1 end
  if status == 302 and string.find(answer["Location"] or "", "login", 1, true) then wrong = wrong + 1 end
end

function done(summary, latency)
  local mistaken, redirected = 0, 0
  for _, thread in ipairs(threads) do
    mistaken = mistaken + thread:get("wrong")
    redirected = redirected + thread:get("filed")
  end
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "filed": %d, "seconds": %.6f, "wrong": %d, "broken": %d, "p50": %.3f, "p99": %.3f, "longest": %.3f}\n',
    summary.requests, redirected, summary.duration / 1e6, mistaken,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000
  ))
end
