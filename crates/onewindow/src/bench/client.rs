//! The client of the load generator: HTTP/1.1 with a kept connection, written by hand, because a general client's
//! processor time would be taken from the server on the same cores. It sends posts and reads answers exactly; it knows
//! no proxies, redirects, encryption or content codings.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Why an answer cannot be read.
#[derive(thiserror::Error, Debug)]
pub enum ClientFault {
    /// The connection.
    #[error("the connection to the server: {0}")]
    Connection(#[from] std::io::Error),
    /// It ended before the answer did.
    #[error("the server closed the connection within an answer")]
    CutShort,
    /// The head is not HTTP.
    #[error("the head of an answer: {0}")]
    Head(#[from] httparse::Error),
    /// The body's length is not told, or told wrongly.
    #[error("the body of an answer: {0}")]
    Body(&'static str),
}

/// Headers an answer may have.
const HEADERS: usize = 32;
/// Bytes asked for at a time.
const CHUNK: usize = 16 << 10;

/// How long a body is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Length {
    Known(usize),
    Chunked,
}

/// The part of a request's head that is the same for every message of a sender: all but the length.
pub fn head(path: &str, token: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: onewindow\r\nauthorization: Bearer {token}\r\ncontent-type: application/xml\r\ncontent-length: "
    )
    .into_bytes()
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    /// What was received and not yet read.
    received: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: std::net::SocketAddr) -> Result<Self, ClientFault> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: Vec::new(), received: Vec::with_capacity(2 * CHUNK) })
    }

    /// Sends a body after a prepared head and reads the answer to its end; says its status.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn post(&mut self, head: &[u8], body: &[u8]) -> Result<u16, ClientFault> {
        self.request.clear();
        self.request.extend_from_slice(head);
        self.request.extend_from_slice(body.len().to_string().as_bytes());
        self.request.extend_from_slice(b"\r\n\r\n");
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;
        loop {
            let (status, length) = self.answer_head().await?;
            // An interim answer has no body, and the answer follows.
            if (100..200).contains(&status) {
                continue;
            }
            match length {
                _ if status == 204 || status == 304 => {}
                Some(Length::Known(length)) => self.skip(length).await?,
                Some(Length::Chunked) => self.chunks().await?,
                None => return Err(ClientFault::Body("its length is not told")),
            }
            return Ok(status);
        }
    }

    async fn more(&mut self) -> Result<(), ClientFault> {
        self.received.reserve(CHUNK);
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(ClientFault::CutShort),
            _ => Ok(()),
        }
    }

    async fn answer_head(&mut self) -> Result<(u16, Option<Length>), ClientFault> {
        loop {
            if let Some((used, status, length)) = parsed(&self.received)? {
                self.received.drain(..used);
                return Ok((status, length));
            }
            self.more().await?;
        }
    }

    async fn skip(&mut self, mut length: usize) -> Result<(), ClientFault> {
        loop {
            let here = length.min(self.received.len());
            self.received.drain(..here);
            length -= here;
            if length == 0 {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn chunks(&mut self) -> Result<(), ClientFault> {
        loop {
            let size = match httparse::parse_chunk_size(&self.received) {
                Ok(httparse::Status::Complete((used, size))) => {
                    self.received.drain(..used);
                    usize::try_from(size).map_err(|_| ClientFault::Body("a chunk is too large"))?
                }
                Ok(httparse::Status::Partial) => {
                    self.more().await?;
                    continue;
                }
                Err(_) => return Err(ClientFault::Body("the size of a chunk is none")),
            };
            if size == 0 {
                return self.trailers().await;
            }
            self.skip(size).await?;
            self.line_end().await?;
        }
    }

    async fn line_end(&mut self) -> Result<(), ClientFault> {
        while self.received.len() < 2 {
            self.more().await?;
        }
        if !self.received.starts_with(b"\r\n") {
            return Err(ClientFault::Body("a chunk does not end where it says"));
        }
        self.skip(2).await
    }

    /// The lines after the last chunk, up to an empty one.
    async fn trailers(&mut self) -> Result<(), ClientFault> {
        loop {
            match self.received.windows(2).position(|pair| pair == b"\r\n") {
                Some(0) => return self.skip(2).await,
                Some(end) => self.skip(end + 2).await?,
                None => self.more().await?,
            }
        }
    }
}

/// The head at the beginning of `bytes`: its bytes, the status, the length of the body. None = it is not all there.
fn parsed(bytes: &[u8]) -> Result<Option<(usize, u16, Option<Length>)>, ClientFault> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(used) = answer.parse(bytes)? else { return Ok(None) };
    let mut length = None;
    for header in answer.headers.iter() {
        if header.name.eq_ignore_ascii_case("transfer-encoding") {
            // Where both are told, the chunks count.
            if !header.value.eq_ignore_ascii_case(b"chunked") {
                return Err(ClientFault::Body("its transfer encoding is unknown"));
            }
            length = Some(Length::Chunked);
        } else if header.name.eq_ignore_ascii_case("content-length") && length.is_none() {
            let number = std::str::from_utf8(header.value).ok().and_then(|text| text.trim().parse().ok());
            length = Some(Length::Known(number.ok_or(ClientFault::Body("its length is no number"))?));
        }
    }
    Ok(Some((used, answer.code.unwrap_or(0), length)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers each request with the next of `answers`, a few bytes at a time; says the statuses that were read.
    async fn talk(answers: &'static [&'static str], piece: usize) -> Vec<Result<u16, String>> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let (mut request, mut buffer) = (Vec::new(), [0; 1024]);
                while !request.ends_with(b"<m/>") {
                    let count = stream.read(&mut buffer).await.unwrap();
                    request.extend_from_slice(&buffer[..count]);
                }
                let text = String::from_utf8(request).unwrap();
                assert!(text.starts_with("POST /here HTTP/1.1\r\n"), "{text}");
                assert!(text.contains("\r\nauthorization: Bearer secret\r\n"), "{text}");
                assert!(text.ends_with("content-length: 4\r\n\r\n<m/>"), "{text}");
                for part in answer.as_bytes().chunks(piece) {
                    stream.write_all(part).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
        });
        let head = head("/here", "secret");
        let mut connection = Connection::open(address).await.unwrap();
        let mut statuses = Vec::new();
        for _ in answers {
            statuses.push(connection.post(&head, b"<m/>").await.map_err(|fault| fault.to_string()));
        }
        server.await.unwrap();
        statuses
    }

    #[tokio::test]
    async fn answers_are_read_to_their_end_and_no_further() {
        const ANSWERS: &[&str] = &[
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 422 No\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n10;x=y\r\n0123456789abcdef\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nchecked: yes\r\n\r\n",
            "HTTP/1.1 204 Nothing\r\n\r\n",
            "HTTP/1.1 503 Later\r\ncontent-length: 2\r\nretry-after: 1\r\n\r\nno",
        ];
        for piece in [1, 7, 10_000] {
            let statuses: Vec<u16> =
                talk(ANSWERS, piece).await.into_iter().map(|status| status.unwrap()).collect();
            assert_eq!(statuses, [200, 422, 200, 200, 204, 503], "{piece}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_is_a_fault() {
        for (answer, fault) in [
            (&["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"], "closed the connection"),
            (&["HTTP/1.1 200 OK\r\n\r\n"], "not told"),
            (&["HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n"], "no number"),
            (&["HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n"], "unknown"),
            (&["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabcd\r\n"], "where it says"),
            (&["hello there\r\n\r\n"], "head of an answer"),
        ] {
            let told = talk(answer, 1000).await.remove(0).unwrap_err();
            assert!(told.contains(fault), "{told}");
        }
    }
}
