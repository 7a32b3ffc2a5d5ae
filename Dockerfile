# The portal's image (target app: web, worker, beat, migrate) and its proxy (target proxy), which carries the static files.
# Build: docker compose build. Fonts and libraries: scripts/apt-packages.txt. Python packages: requirements/run.lock, with hashes.

FROM python:3.11-slim-bookworm AS app
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    UV_PYTHON_DOWNLOADS=never \
    PORTAL_STATIC_ROOT=/srv/static \
    PORTAL_DATA_DIR=/srv/data
WORKDIR /srv/portal

COPY scripts/apt-packages.txt scripts/
RUN apt-get update \
 && sed -n '/^\[run\]/,/^\[develop\]/{s/#.*//;/^\[/d;p}' scripts/apt-packages.txt | xargs apt-get install --yes --no-install-recommends \
 && rm -rf /var/lib/apt/lists/*

COPY requirements/uv.lock requirements/run.lock requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/uv.lock \
 && uv pip install --system --no-cache --compile-bytecode --require-hashes --requirement requirements/run.lock

# The folder is made with its owner here, so that a new volume takes them over.
RUN useradd --system --uid 10001 --home-dir /srv/data portal && install --directory --owner=portal /srv/data /srv/static
COPY . .
RUN PYTHON=python scripts/compile-messages && python -m compileall -q . \
 && PORTAL_SECRET_KEY="of the build alone; it signs nothing and is not kept in the image" PORTAL_HOSTS=build \
    DATABASE_URL=postgresql://build/build REDIS_URL=redis://build PORTAL_DATA_DIR=/tmp \
    sh -c "python manage.py collectstatic --noinput && python manage.py gateway_pages /srv/gateway"
USER portal
EXPOSE 8000
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "0.0.0.0:8000", "pilotportal.wsgi"]

FROM nginx:1.28-bookworm AS proxy
COPY deploy/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=app /srv/static /srv/static
COPY --from=app /srv/gateway /srv/gateway
